// main.cpp: the program round a Faust patch. PATCH SECONDS FILE writes float32 stereo at 48 kHz, and that is all.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include <xmmintrin.h>

#include "faust/dsp/dsp.h"
#include "faust/gui/UI.h"
#include "faust/gui/meta.h"

using std::max;
using std::min;

<<includeIntrinsic>>
<<includeclass>>

int main(int, char** argv)
{
    const int block = 512;  // more makes no build faster: what is alive still has to fit the cache
    _mm_setcsr(_mm_getcsr() | 0x8040);  // denormals are zero: a tail must not cost more than a sound

    mydsp* patch = new mydsp();
    patch->init(48000);
    std::vector<float> left(block), right(block), both(2 * block);
    float* outputs[2] = {left.data(), right.data()};

    FILE* file = fopen(argv[2], "wb");
    setvbuf(file, nullptr, _IOFBF, 1 << 20);
    for (long frames = atol(argv[1]) * 48000L; frames > 0; frames -= block) {
        int count = int(min(frames, long(block)));
        patch->compute(count, nullptr, outputs);
        for (int i = 0; i < count; i++) {
            both[2 * i] = left[i];
            both[2 * i + 1] = right[i];
        }
        fwrite(both.data(), sizeof(float), 2 * count, file);
    }
    return fclose(file);
}
