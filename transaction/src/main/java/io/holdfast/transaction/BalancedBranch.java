package io.holdfast.transaction;

import java.math.BigInteger;
import java.util.Map;

/**
 * A branch that moves amounts which come from other branches of its transaction, or go there. A
 * transaction in which they do not sum to zero is not committed: money would be made or lost.
 */
public interface BalancedBranch extends Branch {

  /** What it puts in, less what it takes out, by currency. */
  Map<String, BigInteger> sums();
}
