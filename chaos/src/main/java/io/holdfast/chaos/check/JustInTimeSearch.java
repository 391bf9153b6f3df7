package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The same question as {@link Search}'s, answered as one goes along: for histories that are long.
 *
 * <p>It keeps every way in which what has returned so far can be explained: a state, and which of
 * the operations under way have already had their place in it. The history is walked through in the
 * order of time. A call adds an operation that is under way. At a return each explanation is
 * carried on, by placing operations that are under way, until the one that returns has had its
 * place; those that cannot are dropped, and if none is left, nothing explains the history. (This is
 * Lowe's just-in-time linearization.)
 *
 * <pre>
 *   a |-----|          |      explanations here: each state that a, b and perhaps c can have led
 *       b |----------| |      to, and with or without c
 *                c |---|------|
 * </pre>
 *
 * <p>An operation that never returns stays under way for ever, but need not have its place: of two
 * explanations with the same state, the one that has placed fewer of such can do whatever the other
 * can, and the other is dropped.
 */
final class JustInTimeSearch<S> {

  private final Model<S> model;
  private final List<Operation> operations;
  private final Limits limits;
  private Set<Explanation<S>> explanations;
  private int walked;
  private long deadline;
  private Optional<Verdict> ended = Optional.empty();

  private record Explanation<S>(S state, Set<Integer> placed) {}

  private record Moment(long nanos, int operation, boolean isCall) {}

  JustInTimeSearch(Model<S> model, List<Operation> operations, Limits limits) {
    this.model = model;
    this.operations = operations;
    this.limits = limits;
    this.explanations = Set.of(new Explanation<>(model.initial(), Set.of()));
  }

  /** Walks through all. Once. */
  Verdict run() {
    deadline = System.nanoTime() + limits.time().toNanos();
    List<Moment> moments = new ArrayList<>();
    for (int number = 0; number < operations.size(); number++) {
      Operation operation = operations.get(number);
      moments.add(new Moment(operation.call(), number, true));
      if (operation.completed()) {
        moments.add(new Moment(operation.end(), number, false));
      }
    }
    moments.sort(Comparator.comparingLong(Moment::nanos).thenComparing(moment -> !moment.isCall()));
    Set<Integer> called = new TreeSet<>();
    for (Moment moment : moments) {
      if (ended.isPresent()) {
        break;
      }
      if (moment.isCall()) {
        called.add(moment.operation());
      } else {
        returned(moment.operation(), called);
        called.remove(moment.operation());
      }
    }
    return ended.orElseGet(() -> new Verdict.Linearizable(operations.size()));
  }

  private void returned(int returning, Set<Integer> called) {
    Set<Explanation<S>> after = new HashSet<>();
    Set<Explanation<S>> seen = new HashSet<>(explanations);
    Deque<Explanation<S>> open = new ArrayDeque<>(explanations);
    while (!open.isEmpty()) {
      Explanation<S> one = open.pop();
      if (one.placed().contains(returning)) {
        after.add(without(one, returning));
        continue;
      }
      for (int operation : called) {
        if (!one.placed().contains(operation)) {
          place(one, operation).filter(seen::add).ifPresent(open::push);
        }
      }
      if (seen.size() > limits.configurations() || System.nanoTime() - deadline > 0) {
        ended =
            Optional.of(
                new Verdict.Unknown(operations.size(), "too many explanations: " + seen.size()));
        return;
      }
    }
    walked++;
    if (after.isEmpty()) {
      String why = "%s, in states %s".formatted(operations.get(returning), some(explanations));
      ended = Optional.of(new Verdict.Violation(operations.size(), walked, why));
    }
    explanations = forgetPlacedByAll(fewest(after), called);
  }

  private static <S> Explanation<S> without(Explanation<S> one, int operation) {
    Set<Integer> rest = new TreeSet<>(one.placed());
    rest.remove(operation);
    return new Explanation<>(one.state(), rest);
  }

  /** Empty if the model forbids it, or if it would be of no use. */
  private Optional<Explanation<S>> place(Explanation<S> before, int number) {
    Operation operation = operations.get(number);
    return model
        .step(before.state(), operation)
        .filter(state -> operation.completed() || !state.equals(before.state()))
        .map(
            state -> {
              Set<Integer> placed = new TreeSet<>(before.placed());
              placed.add(number);
              return new Explanation<>(state, placed);
            });
  }

  /** Without those that have placed more of what never returns than another that is else equal. */
  private Set<Explanation<S>> fewest(Set<Explanation<S>> all) {
    Map<Explanation<S>, List<Explanation<S>>> alike = new HashMap<>();
    for (Explanation<S> one : all) {
      Set<Integer> toReturn = new TreeSet<>(one.placed());
      toReturn.removeIf(this::neverReturns);
      alike
          .computeIfAbsent(new Explanation<>(one.state(), toReturn), absent -> new ArrayList<>())
          .add(one);
    }
    Set<Explanation<S>> kept = new HashSet<>();
    for (List<Explanation<S>> group : alike.values()) {
      for (Explanation<S> one : group) {
        boolean outdone =
            group.stream()
                .anyMatch(
                    other ->
                        other.placed().size() < one.placed().size()
                            && one.placed().containsAll(other.placed()));
        if (!outdone) {
          kept.add(one);
        }
      }
    }
    return kept;
  }

  private boolean neverReturns(int number) {
    return !operations.get(number).completed();
  }

  /** What never returns and has its place in every explanation is over. */
  private Set<Explanation<S>> forgetPlacedByAll(Set<Explanation<S>> kept, Set<Integer> called) {
    List<Integer> over =
        called.stream()
            .filter(this::neverReturns)
            .filter(number -> kept.stream().allMatch(one -> one.placed().contains(number)))
            .toList();
    if (over.isEmpty() || kept.isEmpty()) {
      return kept;
    }
    over.forEach(called::remove);
    Set<Explanation<S>> without = new HashSet<>();
    for (Explanation<S> one : kept) {
      Set<Integer> rest = new TreeSet<>(one.placed());
      over.forEach(rest::remove);
      without.add(new Explanation<>(one.state(), rest));
    }
    return without;
  }

  private static <S> List<S> some(Set<Explanation<S>> explanations) {
    return explanations.stream().map(Explanation::state).limit(3).toList();
  }
}
