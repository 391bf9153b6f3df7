package io.holdfast.transaction;

import java.util.Optional;

/**
 * Names what a transaction does at one participant.
 *
 * @param transaction whose branch it is
 * @param index its number there, from 0, as it was enlisted
 */
public record BranchId(TransactionId transaction, int index) {

  /** So many branches a transaction has at most. */
  static final int MOST = 1_000;

  private static final String MARK = "hf:";

  public BranchId {
    if (index < 0 || index >= MOST) {
      throw new IllegalArgumentException("not the index of a branch: " + index);
    }
  }

  /**
   * Reads what {@link #toString} gave; empty for names that others have given, which a resource may
   * hold as well.
   */
  public static Optional<BranchId> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (!text.startsWith(MARK) || colon <= MARK.length()) {
      return Optional.empty();
    }
    String index = text.substring(colon + 1);
    if (!index.matches("0|[1-9][0-9]{0,2}")) {
      return Optional.empty();
    }
    return TransactionId.parse(text.substring(MARK.length(), colon))
        .map(transaction -> transaction.branch(Integer.parseInt(index)));
  }

  /** Fit to name a branch in a store: less than 200 characters, of ASCII, without quotes. */
  @Override
  public String toString() {
    return MARK + transaction + ":" + index;
  }
}
