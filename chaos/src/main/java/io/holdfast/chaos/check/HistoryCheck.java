package io.holdfast.chaos.check;

import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.chaos.history.Operation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The judgement on a whole history, each of its keys by itself: a history is linearizable if and
 * only if it is so for every key.
 *
 * <p>The first segment of a key names what it is judged by: {@code register} is a {@link
 * FencedRegister}, {@code lock} a {@link LockModel}; {@code election} is judged by {@link
 * ElectionCheck}, {@code fairness} by {@link FairnessCheck}, {@code registry} by {@link
 * RegistryCheck}, {@code balancer} by {@link BalancerCheck}, {@code bank} by {@link BankCheck}.
 * Operations on {@code fault} say what was done to the cluster and when: promises about time are
 * judged by them, and by the {@code session} time-out that the history says it was run with.
 *
 * @param verdicts by key
 * @param fenced how many operations a fence refused
 */
public record HistoryCheck(Map<String, Verdict> verdicts, long fenced) {

  /** The whole in one word. */
  public enum Result {
    /** Every key is as it should be. */
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
            .filter(each -> !each.kind().equals(CheckContext.FAULT))
            .filter(HistoryCheck::binds)
            .collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
    CheckContext context = CheckContext.of(history.about(), operations);
    Map<String, Verdict> verdicts = new TreeMap<>();
    byKey.forEach((key, ofKey) -> verdicts.put(key, judge(ofKey, context, limits)));
    return new HistoryCheck(verdicts, fenced(operations));
  }

  private static long fenced(List<Operation> operations) {
    return operations.stream()
        .filter(each -> "false".equals(each.output().get("accepted")))
        .count();
  }

  /** An acquisition or a look without an answer changes nothing for anybody. */
  private static boolean binds(Operation operation) {
    boolean isRead =
        operation.action().equals("acquire")
            || operation.action().equals("check")
            || operation.action().equals("read");
    return operation.completed() || !isRead;
  }

  private static Verdict judge(List<Operation> operations, CheckContext context, Limits limits) {
    Operation first = operations.get(0);
    List<Operation> modelled = operations.stream().filter(HistoryCheck::isOfAModel).toList();
    if (first.kind().equals("register")) {
      return Linearizability.check(new FencedRegister(), modelled, limits);
    }
    Verdict ofModel = Linearizability.check(new LockModel(), modelled, limits);
    return hasPromises(first) && ofModel.result() == Result.VALID
        ? violations(operations, context)
        : ofModel;
  }

  /** True if a model judges it, that of its kind. */
  private static boolean isOfAModel(Operation operation) {
    return switch (operation.kind()) {
      case "register", "lock" -> true;
      case "election", "fairness" -> operation.input().containsKey("hold");
      default -> false;
    };
  }

  /** True if more is promised of its kind than a model of states says. */
  private static boolean hasPromises(Operation operation) {
    return switch (operation.kind()) {
      case "register", "lock", CheckContext.FAULT -> false;
      default -> true;
    };
  }

  /** Judges what is promised beyond the model of one key. */
  private static Verdict violations(List<Operation> operations, CheckContext context) {
    String kind = operations.get(0).kind();
    return switch (kind) {
      case "election" -> ElectionCheck.check(operations, context);
      case "fairness" -> FairnessCheck.check(operations);
      case "registry" -> RegistryCheck.check(operations, context);
      case "balancer" -> BalancerCheck.check(operations, context);
      case "bank" -> BankCheck.check(operations);
      default -> throw new HistoryFormatException("no model for keys of '" + kind + "/'");
    };
  }

  /** The whole in one word. */
  public Result result() {
    Set<Result> results =
        verdicts.values().stream().map(Verdict::result).collect(Collectors.toSet());
    if (results.contains(Result.INVALID)) {
      return Result.INVALID;
    }
    return results.contains(Result.UNKNOWN) ? Result.UNKNOWN : Result.VALID;
  }

  /** How many operations were checked. */
  public int operations() {
    return verdicts.values().stream().mapToInt(Verdict::operations).sum();
  }
}
