#!/usr/bin/env bash
# The shipped weights again, from the data (../shared/data or SKHCR_DATA) to skhcr/pretrained/data:
#
#     training/make.sh digits | letters | characters
#
# Run once more after an interruption, it goes on where it was. The backend of Keras is the one that
# is installed: on a CPU without TensorFlow's own needs, `pip install torch` and KERAS_BACKEND=torch
# train fastest. Exporting needs TensorFlow.
set -euo pipefail
cd "$(dirname "$0")/.."

train() { python training/train.py "$@" --resume; }

case "$1" in
digits)
    python training/prepare.py digits --copies 8 --scenes 1
    train digits --name digits-1 --epochs 36 --repeat USPS=2 ARDIS=2
    train digits --initial digits-1 --epochs 12 --learning-rate 6e-4 --repeat USPS=2 ARDIS=2 --seed 1
    ;;
letters | characters)
    python training/prepare.py characters --copies 5 --scenes 0
    train characters --name english-free-1 --epochs 14 --repeat English=0
    train characters --name english-free --initial english-free-1 --epochs 6 --learning-rate 1e-3 \
        --repeat English=0 --seed 1
    if [[ $1 == letters ]]; then
        train letters --initial english-free --epochs 4 --learning-rate 1e-3 --repeat English=8
    else
        train characters --name characters-1 --initial english-free --epochs 3 \
            --learning-rate 8e-4 --repeat English=8
        train characters --initial characters-1 --epochs 3 --learning-rate 1e-3 \
            --repeat English=30 --seed 3
    fi
    ;;
*)
    echo "expected digits, letters or characters, not $1" >&2
    exit 2
    ;;
esac
KERAS_BACKEND=tensorflow python training/export.py "$1"
