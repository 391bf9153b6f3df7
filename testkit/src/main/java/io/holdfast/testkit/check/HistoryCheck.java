package io.holdfast.testkit.check;

import io.holdfast.testkit.history.History;
import io.holdfast.testkit.history.HistoryFormatException;
import io.holdfast.testkit.history.Operation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The judgement on a whole history, each of its keys by itself: a history is linearizable if and
 * only if it is so for every key.
 *
 * <p>The first segment of a key names its model: {@code register} for {@link FencedRegister},
 * {@code lock} for {@link LockModel}.
 *
 * @param verdicts by key
 * @param fenced how many operations a fence refused
 */
public record HistoryCheck(Map<String, Verdict> verdicts, long fenced) {

  /** The whole in one word. */
  public enum Result {
    /** Every key is linearizable. */
    VALID,
    /** No key is known to be wrong, but one or more were given up. Not a pass. */
    UNKNOWN,
    /** At least one key is wrong. */
    INVALID
  }

  /**
   * Judges a history.
   *
   * @param limits for each key
   * @throws HistoryFormatException if it names a model that does not exist, or misses a value
   */
  public static HistoryCheck of(History history, Limits limits) {
    List<Operation> operations = history.operations();
    Map<String, List<Operation>> byKey =
        operations.stream()
            .filter(HistoryCheck::binds)
            .collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
    Map<String, Verdict> verdicts = new TreeMap<>();
    byKey.forEach((key, ofKey) -> verdicts.put(key, judge(ofKey, limits)));
    long fenced =
        operations.stream().filter(each -> "false".equals(each.output().get("accepted"))).count();
    return new HistoryCheck(verdicts, fenced);
  }

  /** An acquisition or a look without an answer changes nothing for anybody. */
  private static boolean binds(Operation operation) {
    return operation.completed()
        || operation.action().equals("release")
        || operation.action().equals("write")
        || operation.action().equals("seal");
  }

  private static Verdict judge(List<Operation> operations, Limits limits) {
    String kind = operations.get(0).kind();
    return switch (kind) {
      case "register" -> Linearizability.check(new FencedRegister(), operations, limits);
      case "lock" -> Linearizability.check(new LockModel(), operations, limits);
      default -> throw new HistoryFormatException("no model for keys of '" + kind + "/'");
    };
  }

  /** The whole in one word. */
  public Result result() {
    if (verdicts.values().stream().anyMatch(Verdict.Violation.class::isInstance)) {
      return Result.INVALID;
    }
    boolean settled = verdicts.values().stream().allMatch(Verdict.Linearizable.class::isInstance);
    return settled ? Result.VALID : Result.UNKNOWN;
  }

  /** How many operations were checked. */
  public int operations() {
    return verdicts.values().stream().mapToInt(Verdict::operations).sum();
  }
}
