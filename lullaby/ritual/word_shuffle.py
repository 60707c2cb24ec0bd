"""Words for the cognitive shuffle (Beaudoin 2014): concrete, calm, and without any thread from one to the
next, so that nothing can be thought through."""

from __future__ import annotations

from collections.abc import Sequence

from lullaby.chance import Key

_CALM = """
    acorn almond anchor apple apron apricot arch attic bagel bakery balcony bamboo barn barrel basin
    basket beach bean bench bicycle birch biscuit blanket blossom boat bonnet bookshelf bowl bread brick
    bridge broom bucket button buttermilk cabin cactus cake candle canoe canvas carpet cart castle cello
    chair chalk cheese cherry chimney clay cloak clover cloud clock cocoa coconut compass copper cork
    cottage cotton cradle cream crayon cup cupboard curtain cushion daisy dandelion deck dew dice
    doorknob dough dove drawer duck dune easel eggcup elbow elm envelope feather fern fiddle fig
    flagstone flannel flask flour flute foal fog footpath fountain gable garden gate ginger glove goat
    goose granite grape gravel greenhouse hammock harbour harp hay hazel hedge helmet hill honey hook
    igloo inkwell island ivy jacket jam jar jetty jug kayak kettle kite knot ladder lantern lavender
    lawn leaf lemon lentil letter lettuce lighthouse linen loaf locket log loom magnet mango maple
    marble meadow melon mill mint mirror mitten moss mug mushroom napkin needle nest notebook nutmeg oak
    oar oatmeal olive onion orange orchard otter oven owl paddle pancake parasol parcel parsley path
    peach pear pebble pencil pepper piano pillow pine plate plum pocket pond porch porridge postcard pot
    potato puddle pumpkin quilt quince radish raft raincoat raisin raspberry ribbon rice river robin
    rope rosemary rug saddle sage sail sand sandal saucer scarf seashell seed shawl sheep shelf shoelace
    shutter silver sled slipper snail snow soap sofa soup spoon sponge spruce stair stamp star stone
    straw stream sugar sundial swan sweater table tea teapot tent thimble thistle thread thyme tile
    toast tower towel train tray tulip turnip turtle umbrella valley vanilla vase velvet violin wagon
    wall walnut watermelon wave wheat wheel whistle willow window wool yarn yoghurt zipper
"""
WORDS = tuple(_CALM.split())


def drawn(words: Sequence[str], count: int, key: Key) -> list[str]:
    """So many of the words in an order of their own; two in a row begin with different letters, as long as
    there are such. More than there are begin again."""
    found: list[str] = []
    bag: list[str] = []
    for number in range(count):
        if not bag:
            turn = key / (number // max(1, len(words)))
            order = sorted(range(len(words)), key=turn.draw)
            bag = [words[place] for place in order]
        last = found[-1][:1].lower() if found else ""
        place = next((i for i, word in enumerate(bag) if word[:1].lower() != last), 0)
        found.append(bag.pop(place))
    return found
