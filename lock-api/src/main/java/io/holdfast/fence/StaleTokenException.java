package io.holdfast.fence;

import io.holdfast.lock.FencingToken;

/** Nothing was written: the token is not the one that sealed the resource last. */
public final class StaleTokenException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With which resource and whose token. */
  public StaleTokenException(String resource, FencingToken token) {
    super(
        "'"
            + resource
            + "' is not sealed by "
            + token
            + ", but by a later holder, or by nobody yet: stop, and acquire the lock again");
  }
}
