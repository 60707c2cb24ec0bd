<CsoundSynthesizer>
; P2: two white noises, eight bands each, every band under its own tide.
; csound --smacro:SECONDS=600 -d -m0 -f -h -o FILE this.csd
<CsInstruments>
sr     = 48000
ksmps  = 64
nchnls = 2
0dbfs  = 1

; one band: a two-pole resonator of quality 4 and gain 1, under its own tide
#define BAND(OUT'NOISE'HZ'TIDE) #
kTide lfo 0.5, $TIDE, 0
aBand resonz $NOISE, $HZ, $HZ / 4, 1
$OUT = $OUT + aBand * (0.5 + kTide)
#

instr 1
aWhiteL rand 1, 0.13
aWhiteR rand 1, 0.59
aBandsL = 0
aBandsR = 0
$BAND(aBandsL'aWhiteL'400'0.050)
$BAND(aBandsL'aWhiteL'700'0.063)
$BAND(aBandsL'aWhiteL'1200'0.076)
$BAND(aBandsL'aWhiteL'2000'0.089)
$BAND(aBandsL'aWhiteL'3200'0.102)
$BAND(aBandsL'aWhiteL'4800'0.115)
$BAND(aBandsL'aWhiteL'6500'0.128)
$BAND(aBandsL'aWhiteL'9000'0.141)
$BAND(aBandsR'aWhiteR'400'0.154)
$BAND(aBandsR'aWhiteR'700'0.167)
$BAND(aBandsR'aWhiteR'1200'0.180)
$BAND(aBandsR'aWhiteR'2000'0.193)
$BAND(aBandsR'aWhiteR'3200'0.206)
$BAND(aBandsR'aWhiteR'4800'0.219)
$BAND(aBandsR'aWhiteR'6500'0.232)
$BAND(aBandsR'aWhiteR'9000'0.245)
outs aBandsL * 0.1, aBandsR * 0.1
endin
</CsInstruments>
<CsScore>
i 1 0 $SECONDS
</CsScore>
</CsoundSynthesizer>
