<CsoundSynthesizer>
; P1: two independent pink noises.
; csound --smacro:SECONDS=600 -d -m0 -f -h -o FILE this.csd
<CsInstruments>
sr     = 48000
ksmps  = 64
nchnls = 2
0dbfs  = 1

instr 1
; two pink noises; each opcode has a seed of its own, since by default left and right would be the same
aPinkL pinkish 1, 0, 20, 0.31
aPinkR pinkish 1, 0, 20, 0.77
outs aPinkL * 0.25, aPinkR * 0.25
endin
</CsInstruments>
<CsScore>
i 1 0 $SECONDS
</CsScore>
</CsoundSynthesizer>
