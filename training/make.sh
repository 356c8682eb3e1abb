#!/usr/bin/env bash
# The shipped weights again, from the data (../shared/data or SKHCR_DATA) to skhcr/pretrained/data:
#
#     training/make.sh digits | letters | characters | segments
#
# and with `english-free` the weights that measure how well unknown hands are read, which are not
# shipped. Run once more after an interruption, it goes on where it was. The backend of Keras is the
# one that is installed: on a CPU without TensorFlow's own needs, `pip install torch` and
# KERAS_BACKEND=torch train fastest. Exporting needs TensorFlow.
set -euo pipefail
cd "$(dirname "$0")/.."

train() { python training/train.py "$@" --resume; }
teach() { python training/teach.py "$@"; }

# Without English: what English is learnt from, and the teacher of those that learn it.
english_free() {
    python training/prepare.py characters --copies 5 --scenes 0
    train characters --name english-free-1 --width 48 --epochs 14 --repeat English=0
    train characters --name english-free-2 --initial english-free-1 --width 48 --epochs 6 \
        --learning-rate 1e-3 --repeat English=0 --seed 1
}

characters() {
    english_free
    teach characters english-free-2 --silent-on English
    train characters --epochs 27 --teachers english-free-2 --distillation 0.5
}

case "$1" in
digits)
    often=(--repeat USPS=2 ARDIS=2)
    python training/prepare.py digits --copies 8 --scenes 1
    train digits --name digits-1 --width 48 --epochs 36 "${often[@]}"
    train digits --name digits-2 --width 48 --initial digits-1 --epochs 12 --learning-rate 6e-4 \
        "${often[@]}" --seed 1
    teach digits digits-1
    train digits --name digits-3 --epochs 44 --teachers digits-1 --distillation 0.5 "${often[@]}" \
        --seed 1
    teach digits digits-2
    teach digits digits-3
    train digits --initial digits-3 --epochs 10 --learning-rate 1e-3 \
        --teachers digits-1 digits-2 digits-3 --distillation 0.5 "${often[@]}" --seed 2
    ;;
letters)
    characters
    train letters --initial characters --epochs 4 --learning-rate 1e-3
    ;;
characters)
    characters
    ;;
segments)
    segments() { python training/segments.py "$@"; }
    segments prepare --words 100000
    segments train --name segments-1 --epochs 2 --resume
    cp training/weights/segments-1.npz training/weights/segments.npz
    KERAS_BACKEND=tensorflow python training/export.py segments
    segments align # real names, with what is learnt so far
    segments train --initial segments-1 --own 8 --epochs 2 --learning-rate 1.2e-3 --resume
    ;;
english-free)
    english_free
    train characters --name english-free --initial english-free-2 --epochs 17 \
        --learning-rate 1.5e-3 --repeat English=0 --seed 4
    exit
    ;;
*)
    echo "expected digits, letters, characters, segments or english-free, not $1" >&2
    exit 2
    ;;
esac
KERAS_BACKEND=tensorflow python training/export.py "$1"
