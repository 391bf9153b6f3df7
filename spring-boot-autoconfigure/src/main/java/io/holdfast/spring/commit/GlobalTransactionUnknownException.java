package io.holdfast.spring.commit;

import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.TransactionId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.springframework.transaction.TransactionException;

/**
 * It was not known in time whether a {@link GlobalTransaction} is committed. <b>This is not a
 * failure</b>: it is committed in all databases or in none, or will be. Who repeats it may do it
 * twice; wait for the {@link #resolution}, or look for its effects.
 */
public final class GlobalTransactionUnknownException extends TransactionException {

  private static final long serialVersionUID = 1;

  private final transient CompletionStage<Outcome> resolution;
  private final transient Optional<TransactionId> id;

  GlobalTransactionUnknownException(
      String name, Optional<TransactionId> id, CompletionStage<Outcome> resolution) {
    super(
        "it is not known yet whether global transaction "
            + name
            + id.map(known -> " (" + known + ")").orElse("")
            + " is committed: wait for the resolution, and do not simply repeat it");
    this.id = id;
    this.resolution = resolution;
  }

  /**
   * Completes with {@link Outcome.Committed} or {@link Outcome.Aborted} as soon as that is found
   * out; fails as {@link Outcome.Unknown#resolution} does.
   */
  public CompletionStage<Outcome> resolution() {
    return resolution;
  }

  /**
   * What operators find it by ({@code holdfast transactions}); empty if one database did it all.
   */
  public Optional<TransactionId> id() {
    return id;
  }
}
