package io.holdfast.payment.ledger.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an audit has looked at and what it found.
 *
 * @param looked how much each check has looked at, in its {@link Check#unit}
 * @param wrong how often each check has failed; only those that have
 * @param found what is wrong, of each check the first {@value #KEPT} only
 */
public record Findings(Map<Check, Long> looked, Map<Check, Long> wrong, List<Finding> found) {

  /** So many of each check are told in words. */
  public static final int KEPT = 100;

  /** If one of these has looked at nothing, it was no audit of a ledger that was ever used. */
  private static final Set<Check> NEEDED =
      EnumSet.of(
          Check.PLACEMENT,
          Check.UNDER_WAY,
          Check.CHAIN,
          Check.EFFECT_BALANCE,
          Check.POSTED,
          Check.RUNNING_BALANCE,
          Check.OPERATION);

  public Findings {
    looked = Collections.unmodifiableMap(new EnumMap<>(looked));
    wrong = wrong.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(wrong));
    found = List.copyOf(found);
  }

  /** Whether everything was looked at, and nothing is wrong. */
  public boolean isClean() {
    return wrong.isEmpty() && unseen().isEmpty();
  }

  /** The checks that should have looked at something and had nothing to look at. */
  public Set<Check> unseen() {
    Set<Check> unseen = EnumSet.copyOf(NEEDED);
    unseen.removeIf(check -> looked(check) > 0);
    return unseen;
  }

  /** How much a check has looked at. */
  public long looked(Check check) {
    return looked.getOrDefault(check, 0L);
  }

  /** How often a check has failed. */
  public long wrong(Check check) {
    return wrong.getOrDefault(check, 0L);
  }

  /** For people: a line for each check, and one for each thing that is wrong. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Check check : Check.values()) {
      if (looked(check) > 0 || wrong(check) > 0 || NEEDED.contains(check)) {
        String verdict =
            wrong(check) > 0 ? wrong(check) + " wrong" : looked(check) == 0 ? "NOT SEEN" : "ok";
        lines.add("%-16s %,12d %s: %s".formatted(check, looked(check), check.unit(), verdict));
      }
    }
    found.forEach(each -> lines.add(each.toString()));
    return lines;
  }
}
