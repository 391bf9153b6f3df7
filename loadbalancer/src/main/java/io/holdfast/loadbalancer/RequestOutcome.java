package io.holdfast.loadbalancer;

/** How a request ended. */
public enum RequestOutcome {
  /** It answered. */
  SUCCESS,
  /** It did not answer, or not as a healthy instance does. */
  FAILURE,
  /** Says nothing about the instance: the request was cancelled, for example. */
  ABANDONED
}
