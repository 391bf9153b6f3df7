package io.holdfast.transaction.xa;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.TransactionId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import javax.transaction.xa.Xid;

/**
 * A branch as XA names it, readable in a resource's list of prepared branches: the global part is
 * the transaction's name, as far as 64 bytes go, and the qualifier the branch's number, a colon,
 * and the rest.
 */
final class BranchXid implements Xid {

  /** "HdF1" in ASCII: by this ours are told apart from those of other transaction managers. */
  static final int FORMAT = 0x48644631;

  private final byte[] global;
  private final byte[] qualifier;

  private BranchXid(String global, String qualifier) {
    this.global = global.getBytes(StandardCharsets.US_ASCII);
    this.qualifier = qualifier.getBytes(StandardCharsets.US_ASCII);
  }

  /** Empty if the name is too long, which takes a participant's that decides. */
  static Optional<BranchXid> of(BranchId branch) {
    String name = branch.transaction().toString();
    int cut = Math.min(name.length(), MAXGTRIDSIZE);
    String qualifier = branch.index() + ":" + name.substring(cut);
    return qualifier.length() > MAXBQUALSIZE
        ? Optional.empty()
        : Optional.of(new BranchXid(name.substring(0, cut), qualifier));
  }

  /** One that no branch has, for work that is never prepared. */
  static BranchXid once(String unique) {
    return new BranchXid(unique, "once");
  }

  /** Reads what {@link #of} gave; empty for those of others. */
  static Optional<BranchId> parse(Xid xid) {
    if (xid.getFormatId() != FORMAT) {
      return Optional.empty();
    }
    String qualifier = new String(xid.getBranchQualifier(), StandardCharsets.US_ASCII);
    String global = new String(xid.getGlobalTransactionId(), StandardCharsets.US_ASCII);
    int colon = qualifier.indexOf(':');
    if (colon < 1 || !qualifier.substring(0, colon).matches("0|[1-9][0-9]{0,2}")) {
      return Optional.empty();
    }
    return TransactionId.parse(global + qualifier.substring(colon + 1))
        .map(transaction -> transaction.branch(Integer.parseInt(qualifier.substring(0, colon))));
  }

  @Override
  public int getFormatId() {
    return FORMAT;
  }

  @Override
  public byte[] getGlobalTransactionId() {
    return global.clone();
  }

  @Override
  public byte[] getBranchQualifier() {
    return qualifier.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Xid xid
        && xid.getFormatId() == FORMAT
        && Arrays.equals(global, xid.getGlobalTransactionId())
        && Arrays.equals(qualifier, xid.getBranchQualifier());
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(global) + Arrays.hashCode(qualifier);
  }

  @Override
  public String toString() {
    return new String(global, StandardCharsets.US_ASCII)
        + " "
        + new String(qualifier, StandardCharsets.US_ASCII);
  }
}
