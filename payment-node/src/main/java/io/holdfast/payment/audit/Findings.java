package io.holdfast.payment.audit;

import java.util.List;
import java.util.Map;

/**
 * What an audit found. All empty and zero is what must hold.
 *
 * @param acknowledged how many acknowledged requests were checked
 * @param lostAcknowledged keys acknowledged to a client whose effect is missing or differs
 * @param duplicateEffects keys with more than their proper effect, with one although they were
 *     refused, or with one nobody asked for
 * @param unresolved keys whose client never got a definite answer
 * @param ledgerSum the sum of all entries
 * @param unbalancedShards the shards whose entries do not sum to zero, with their sums
 * @param balanceMismatches client accounts whose balance is not the sum of their entries
 */
public record Findings(
    long acknowledged,
    List<String> lostAcknowledged,
    List<String> duplicateEffects,
    List<String> unresolved,
    long ledgerSum,
    Map<Integer, Long> unbalancedShards,
    List<String> balanceMismatches) {

  public Findings {
    lostAcknowledged = List.copyOf(lostAcknowledged);
    duplicateEffects = List.copyOf(duplicateEffects);
    unresolved = List.copyOf(unresolved);
    unbalancedShards = Map.copyOf(unbalancedShards);
    balanceMismatches = List.copyOf(balanceMismatches);
  }

  /** True if nothing was found. */
  public boolean clean() {
    return lostAcknowledged.isEmpty()
        && duplicateEffects.isEmpty()
        && unresolved.isEmpty()
        && ledgerSum == 0
        && unbalancedShards.isEmpty()
        && balanceMismatches.isEmpty();
  }
}
