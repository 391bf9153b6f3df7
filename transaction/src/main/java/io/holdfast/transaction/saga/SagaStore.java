package io.holdfast.transaction.saga;

import io.holdfast.lock.FencingToken;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where sagas are kept, as those who run them see it.
 *
 * <p>Nothing here may block. Stages may complete on any thread. One that fails with {@link
 * io.holdfast.fence.StaleTokenException} says that a later process has sealed the definition and
 * that nothing was written; any other failure leaves it open what was.
 */
public interface SagaStore {

  /**
   * Refuses the changes of every smaller token to sagas of a definition from now on, after those
   * under way, and makes due at once what others have begun to call.
   */
  CompletionStage<Void> seal(String definition, int version, FencingToken token);

  /**
   * Running sagas of a definition whose time has come, the most overdue first.
   *
   * @param most how many
   */
  CompletionStage<List<Saga>> due(String definition, int version, Instant now, int most);

  /** One saga as it stands. */
  CompletionStage<Optional<Saga>> find(String id);

  /**
   * Stores a change, if the saga stands as it did before it.
   *
   * @param changed whose {@link Saga#change} is one more than what is stored
   * @param ended what has ended with this change
   * @return false if somebody has changed it meanwhile, or this very change was stored before
   */
  CompletionStage<Boolean> save(FencingToken token, Saga changed, Optional<StepEnd> ended);

  /**
   * Deletes sagas of a definition that ended before {@code before}.
   *
   * @return how many, at most {@code most}
   */
  CompletionStage<Integer> forget(
      String definition, int version, FencingToken token, Instant before, int most);
}
