"""What is wrong with XML, in plain words."""

from __future__ import annotations

from xml.parsers import expat
from xml.parsers.expat import errors

_FAULTS = {
    errors.codes[name]: says
    for name, says in (
        (errors.XML_ERROR_NO_ELEMENTS, "it ends before its last tag is closed"),
        (errors.XML_ERROR_UNCLOSED_TOKEN, "it ends inside a tag"),
        (errors.XML_ERROR_PARTIAL_CHAR, "it ends inside a letter"),
        (errors.XML_ERROR_TAG_MISMATCH, "a tag is closed here that is not open"),
        (errors.XML_ERROR_INVALID_TOKEN, "there is a sign here that XML does not allow"),
        (errors.XML_ERROR_DUPLICATE_ATTRIBUTE, "a tag says one thing twice"),
        (errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT, "something stands behind its last tag"),
        (errors.XML_ERROR_UNDEFINED_ENTITY, "it names an entity that it does not define"),
        (errors.XML_ERROR_XML_DECL, "its first line is not that of an XML file"),
        (errors.XML_ERROR_MISPLACED_XML_PI, "the first line of another file stands in it"),
        (errors.XML_ERROR_BAD_CHAR_REF, "it names a letter that there is not"),
    )
}


def fault(error: expat.ExpatError) -> str:
    """Finishes the sentence "this is not whole XML: …"."""
    return _FAULTS.get(error.code, "what stands here is none")
