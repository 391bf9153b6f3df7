package io.holdfast.loadbalancer;

/**
 * How far an instance has come in its slow start.
 *
 * @param warm true if it needs none: it was there before, or all came together
 * @param born when this process first heard of it
 */
record Warmth(boolean warm, long born) {

  /** Its share of the load it would otherwise get, at {@code now}: up to 1. */
  double at(SlowStart slowStart, long now) {
    return warm ? 1 : slowStart.shareAfter(now - born);
  }
}
