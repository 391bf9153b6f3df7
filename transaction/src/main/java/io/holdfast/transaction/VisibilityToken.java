package io.holdfast.transaction;

import java.util.Optional;

/**
 * Passed from the process that committed to a process that must see the commit; see {@link
 * Transactions#awaitVisible}.
 *
 * @param transaction empty if all of it is visible already
 */
public record VisibilityToken(Optional<TransactionId> transaction) {

  private static final String VISIBLE = "-";

  /** Nothing to wait for. */
  static final VisibilityToken NONE = new VisibilityToken(Optional.empty());

  /**
   * Reads what {@link #toString} gave.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static VisibilityToken parse(String text) {
    if (text.equals(VISIBLE)) {
      return NONE;
    }
    Optional<TransactionId> transaction = TransactionId.parse(text);
    if (transaction.isEmpty()) {
      throw new IllegalArgumentException("not a visibility token");
    }
    return new VisibilityToken(transaction);
  }

  /** ASCII, fit for a header. */
  @Override
  public String toString() {
    return transaction.map(TransactionId::toString).orElse(VISIBLE);
  }
}
