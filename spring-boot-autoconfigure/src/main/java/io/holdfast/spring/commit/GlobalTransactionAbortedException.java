package io.holdfast.spring.commit;

import io.holdfast.transaction.Outcome;
import java.util.Optional;
import org.springframework.transaction.UnexpectedRollbackException;

/**
 * The commit of a {@link GlobalTransaction} has failed. No part of it has taken effect or ever
 * will: it may be repeated. The cause is what a database has thrown, if one has.
 */
public final class GlobalTransactionAbortedException extends UnexpectedRollbackException {

  private static final long serialVersionUID = 1;

  private final Outcome.Reason reason;

  GlobalTransactionAbortedException(String name, Outcome.Aborted aborted) {
    this(name, aborted.reason(), aborted.detail(), aborted.cause());
  }

  GlobalTransactionAbortedException(
      String name, Outcome.Reason reason, String detail, Optional<Throwable> cause) {
    super("global transaction " + name + " was rolled back: " + detail);
    this.reason = reason;
    cause.ifPresent(this::initCause);
  }

  /** Why, of which kind. */
  public Outcome.Reason reason() {
    return reason;
  }
}
