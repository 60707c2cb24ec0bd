<CsoundSynthesizer>
; P3: P1, P2 and the pad into Sean Costello's feedback delay network, and a limiter.
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

; one voice of the pad: a sine and a saw together, under their own tide, on a seat of their own
#define VOICE(HZ'TIDE'LEFT'RIGHT) #
kTide lfo 0.5, $TIDE, 0
aSine oscili 0.5, $HZ
aSaw vco2 0.5, $HZ
aVoice = (aSine + aSaw) * (0.5 + kTide)
aPadL = aPadL + aVoice * $LEFT
aPadR = aPadR + aVoice * $RIGHT
#

instr 1
; two pink noises; each opcode has a seed of its own, since by default left and right would be the same
aPinkL pinkish 1, 0, 20, 0.31
aPinkR pinkish 1, 0, 20, 0.77

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

aPadL = 0
aPadR = 0
$VOICE(109.61943'0.030'0.99880'0.04907)
$VOICE(109.87300'0.037'0.98918'0.14673)
$VOICE(110.12715'0.044'0.97003'0.24298)
$VOICE(110.38189'0.051'0.94154'0.33689)
$VOICE(164.23980'0.058'0.90399'0.42756)
$VOICE(164.61971'0.065'0.85773'0.51410)
$VOICE(165.00051'0.072'0.80321'0.59570)
$VOICE(165.38218'0.079'0.74095'0.67156)
$VOICE(219.23886'0.086'0.67156'0.74095)
$VOICE(219.74599'0.093'0.59570'0.80321)
$VOICE(220.25430'0.100'0.51410'0.85773)
$VOICE(220.76378'0.107'0.42756'0.90399)
$VOICE(276.22103'0.114'0.33689'0.94154)
$VOICE(276.85997'0.121'0.24298'0.97003)
$VOICE(277.50040'0.128'0.14673'0.98918)
$VOICE(278.14230'0.135'0.04907'0.99880)

aDryL = aPinkL * 0.25 + aBandsL * 0.1 + aPadL * 0.05
aDryR = aPinkR * 0.25 + aBandsR * 0.1 + aPadR * 0.05
aRoomL, aRoomR reverbsc aDryL, aDryR, 0.85, 12000
aMixL = aDryL * 0.7 + aRoomL * 0.3
aMixR = aDryR * 0.7 + aRoomR * 0.3
aOutL compress2 aMixL, aMixL, -90, -6, -6, 20, 0.005, 0.1, 0.005
aOutR compress2 aMixR, aMixR, -90, -6, -6, 20, 0.005, 0.1, 0.005
outs aOutL, aOutR
endin
</CsInstruments>
<CsScore>
i 1 0 $SECONDS
</CsScore>
</CsoundSynthesizer>
