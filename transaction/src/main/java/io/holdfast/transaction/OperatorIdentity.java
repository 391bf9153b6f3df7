package io.holdfast.transaction;

/**
 * An operator who has a say in how a transaction ends, and who says that it is this one.
 *
 * @param name of 1 to 100 letters, digits and {@code . _ : @ / = , + -}; two operators have two
 *     names
 * @param voucher who has checked the name
 */
public record OperatorIdentity(String name, Voucher voucher) {

  /** Who says that an operator is who they say they are. */
  public enum Voucher {
    /** The list of the cluster's operators, by a key that only this one has. */
    KEY("by an operator's key"),
    /** The coordination store, by a login or a certificate. */
    STORE("by the store's login"),
    /** Nobody: a name that anybody could have given. */
    NOBODY("vouched for by nobody");

    private final String words;

    Voucher(String words) {
      this.words = words;
    }
  }

  public OperatorIdentity {
    if (!name.matches("[A-Za-z0-9._:@/=,+-]{1,100}")) {
      throw new IllegalArgumentException(
          "an operator's name has 1 to 100 letters, digits and . _ : @ / = , + -");
    }
  }

  /** For people and the audit trail. */
  @Override
  public String toString() {
    return name + " (" + voucher.words + ")";
  }
}
