package io.holdfast.transaction.outbox;

import io.holdfast.lock.FencingToken;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The table of an outbox as its relay sees it.
 *
 * <pre>
 *   appended --> ready --------------------------------------> delivered
 *                  | \                                          ^
 *                  |  +-> due again (retried) -----------------+
 *                  |        | ^                                 |
 *                  |        v | resumed                         |
 *                  +-----> parked -- by an operator --> discarded
 *                  |
 *                  +-> waiting behind one of its key -- when that is over --> due again
 * </pre>
 *
 * <p>Nothing here may block. Stages may complete on any thread. One that fails with {@link
 * io.holdfast.fence.StaleTokenException} says that a later relay has sealed the outbox and that
 * nothing was written; any other failure leaves it open what was, and the call is repeated.
 */
public interface OutboxStore {

  /** Refuses the marks of every smaller token from now on. Waits for those under way. */
  CompletionStage<Void> seal(FencingToken token);

  /** What a relay is at work on. */
  record Busy(Set<String> keys, Set<Long> positions) {}

  /**
   * Reads what may be due, as it is at one moment. Whatever is committed and neither delivered nor
   * set aside is found by every call, however late it was committed and whatever its position:
   * nobody keeps a place up to which all is done.
   *
   * @param without messages of these keys, and at these positions, are left out
   * @param most ready messages at most, the first by their positions, and those due again at most
   * @param now until when those to be tried again are due
   * @return in the order of their positions
   */
  CompletionStage<List<PendingMessage>> pending(Busy without, int most, Instant now);

  /**
   * Notes what became of messages, all of it or nothing. A mark of a message that is delivered,
   * discarded or parked by now changes nothing.
   */
  CompletionStage<Void> mark(FencingToken token, List<DeliveryMark> marks);

  /**
   * Deletes messages that were delivered or discarded before {@code before}, the oldest first.
   *
   * @return how many, at most {@code most}
   */
  CompletionStage<Integer> forget(FencingToken token, Instant before, int most);
}
