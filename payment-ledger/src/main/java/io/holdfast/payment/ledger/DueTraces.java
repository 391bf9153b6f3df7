package io.holdfast.payment.ledger;

import java.util.Optional;

/**
 * Begins the traces of what is done because it is due, see {@link DueWork}. Thread-safe. Must not
 * block or throw.
 */
@FunctionalInterface
public interface DueTraces {

  /** None of it is traced. */
  DueTraces NONE = (document, cause) -> Trace.NONE;

  /**
   * Something is due, and a request is about to be made because of it. Its type is told by {@link
   * Trace#named} as soon as it is known.
   *
   * @param document what is due
   * @param cause a W3C {@code traceparent}: the request that has put the document down as it is;
   *     empty if that was not recorded
   */
  Trace begin(DocumentId document, Optional<String> cause);
}
