package io.holdfast.transaction.outbox;

/**
 * A message that may be due, as a store has it.
 *
 * @param position where it stands in the outbox; of two messages of one key the one whose
 *     transaction committed later has the greater one
 * @param message the message to deliver
 * @param attempts how often that was tried without success
 * @param standing what holds it, or not
 */
public record PendingMessage(long position, Message message, int attempts, Standing standing) {

  /** Whether a message may be delivered now. */
  public enum Standing {
    /** Nothing of its key was in trouble when this was read. */
    FREE,
    /** A message of the same key before it is in trouble, and not over it. */
    BEHIND_ANOTHER,
    /** Was tried before, and is due again. */
    DUE_AGAIN
  }
}
