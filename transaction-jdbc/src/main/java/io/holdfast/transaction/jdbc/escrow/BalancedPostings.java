package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.transaction.BalancedBranch;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Postings whose other side is in the same transaction. */
final class BalancedPostings extends EscrowBranch implements BalancedBranch {

  private final List<Posting> postings;

  BalancedPostings(EscrowLedger ledger, List<Posting> postings) {
    super(ledger, postings);
    this.postings = postings;
  }

  @Override
  public Map<String, BigInteger> sums() {
    Map<String, BigInteger> sums = new HashMap<>();
    for (Posting each : postings) {
      sums.merge(each.currency(), BigInteger.valueOf(each.amount()), BigInteger::add);
    }
    return sums;
  }
}
