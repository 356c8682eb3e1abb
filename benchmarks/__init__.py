"""What is measured at full scale. Each script runs by itself; `python -m benchmarks` has the peers.

    python -m benchmarks run                    # every case: more than half an hour
    python -m benchmarks run epoch ink          # two of them
    python -m benchmarks run --quick            # tiny sizes, to see that everything works
    python -m benchmarks compare A.json B.json  # what changed

A case, a file in `cases/`, has contestants. Every contestant of every round runs in a process of
its own, in the order A B A B, so that a slow moment of the machine meets all of them; medians are
shown, and ratios are made within a round. Peers' packages are in `benchmarks/requirements.txt`;
what is missing is left out.
"""
