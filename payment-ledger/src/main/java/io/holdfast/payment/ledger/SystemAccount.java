package io.holdfast.payment.ledger;

import java.util.regex.Pattern;

/**
 * An account of the ledger's own, the other side of what clients have: there when first used, with
 * any balance. Each shard has its own, so that a shard's entries sum to zero.
 *
 * @param role such as {@code equity}, {@code fees}: 1 to 32 of {@code a-z} and {@code -}
 * @param shard whose
 * @param currency ISO 4217 code
 */
public record SystemAccount(String role, int shard, String currency) {

  private static final Pattern ROLE = Pattern.compile("[a-z][a-z-]{0,31}");

  /** The other side of what went to another shard, or came from there. */
  public static final String CLEARING = "clearing";

  /** The other side of money that operators brought in. */
  public static final String EQUITY = "equity";

  public SystemAccount {
    if (!ROLE.matcher(role).matches()) {
      throw new IllegalArgumentException("a role is 1 to 32 of a-z and -, not '" + role + "'");
    }
  }

  /** Its name in the books; the colons keep it apart from every client's. */
  public String name() {
    return role + ":" + shard + ":" + currency;
  }

  @Override
  public String toString() {
    return name();
  }
}
