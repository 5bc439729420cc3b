import gc

gc.disable()  # what modules make while they load stays: looking through it takes a tenth of a cold start
