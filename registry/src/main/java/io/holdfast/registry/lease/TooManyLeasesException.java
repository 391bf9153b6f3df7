package io.holdfast.registry.lease;

/** There are as many leases, or as many writes under way, as there may be. */
public final class TooManyLeasesException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TooManyLeasesException(String message) {
    super(message);
  }
}
