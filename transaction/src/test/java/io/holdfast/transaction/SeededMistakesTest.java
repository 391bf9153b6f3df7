package io.holdfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the simulation is worth: each rule of the protocol, broken, is noticed. */
final class SeededMistakesTest {

  private static final int HISTORIES = 1_500;

  /** Looked at first: they have shown the rare mistakes before. Others may show them, too. */
  private static final List<Long> TELLING = List.of(1_184L, 347L);

  enum Mistake {
    DECIDES_BEFORE_ALL_HAVE_PREPARED(
        () ->
            new CommitRules() {
              @Override
              boolean mayDecide(List<Vote> votes) {
                return votes.stream().anyMatch(Vote.PREPARED::equals);
              }
            }),
    FORGETS_THE_EPOCH_CHECK(
        () ->
            new CommitRules() {
              @Override
              Transaction decision(Epoch epoch, long sequence, Payload decision) {
                return Transaction.EMPTY
                    .require(new Transaction.Absent(epoch.decision(sequence)))
                    .put(epoch.decision(sequence), decision);
              }
            }),
    OVERWRITES_A_DECISION(
        () ->
            new CommitRules() {
              @Override
              Transaction decision(Epoch epoch, long sequence, Payload decision) {
                return Transaction.EMPTY
                    .require(new Transaction.Exists(epoch.openKey()))
                    .put(epoch.decision(sequence), decision);
              }
            }),
    PRESUMES_COMMIT(
        () ->
            new CommitRules() {
              @Override
              boolean commitsUndecided() {
                return true;
              }
            }),
    RESOLVES_BY_GUESS(
        () ->
            new CommitRules() {
              @Override
              boolean maySettle(boolean epochOpen) {
                return true;
              }
            }),
    ACKNOWLEDGES_BEFORE_THE_DECISION(
        () ->
            new CommitRules() {
              @Override
              boolean acknowledgesBeforeDecision() {
                return true;
              }
            }),
    FORGETS_BEFORE_THE_END(
        () ->
            new CommitRules() {
              @Override
              boolean forgetsBeforeEnd() {
                return true;
              }
            }),
    TAKES_A_MISSING_DECISION_FOR_NONE(
        () ->
            new CommitRules() {
              @Override
              boolean closesAtDecider() {
                return false;
              }
            }),
    PRESUMES_NOTHING(
        () ->
            new CommitRules() {
              @Override
              boolean presumesAbort(Epoch epoch, int generation) {
                return false;
              }
            }),
    TAKES_SILENCE_FOR_ABORT(
        () ->
            new CommitRules() {
              @Override
              boolean looksAfterLostReply() {
                return false;
              }
            }),
    BARRIER_LETS_REPEATS_THROUGH(SimulatedBarrier.Mistake.LETS_REPEATS_THROUGH),
    BARRIER_UNDOES_WHAT_WAS_NOT_TRIED(SimulatedBarrier.Mistake.UNDOES_WHAT_WAS_NOT_TRIED),
    BARRIER_FORGETS_AN_EMPTY_CANCEL(SimulatedBarrier.Mistake.FORGETS_AN_EMPTY_CANCEL);

    @SuppressWarnings("ImmutableEnumChecker")
    private final Supplier<CommitRules> rules;

    private final SimulatedBarrier.Mistake barrier;

    /** Where the rule counts that it breaks. */
    private List<DecisionPlace> places() {
      return switch (this) {
        case FORGETS_THE_EPOCH_CHECK -> List.of(DecisionPlace.CLUSTER);
        case TAKES_A_MISSING_DECISION_FOR_NONE -> List.of(DecisionPlace.LAST_BRANCH);
        default -> List.of(DecisionPlace.CLUSTER, DecisionPlace.ALL_BRANCHES);
      };
    }

    Mistake(Supplier<CommitRules> rules) {
      this(rules, SimulatedBarrier.Mistake.NONE);
    }

    Mistake(SimulatedBarrier.Mistake barrier) {
      this(() -> CommitRules.SOUND, barrier);
    }

    Mistake(Supplier<CommitRules> rules, SimulatedBarrier.Mistake barrier) {
      this.rules = rules;
      this.barrier = barrier;
    }
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(600)
  void mistake_seeded_isNoticed(Mistake mistake) {
    long seed =
        LongStream.concat(
                TELLING.stream().mapToLong(Long::longValue), LongStream.rangeClosed(1, HISTORIES))
            .filter(each -> isNoticed(mistake, each))
            .findFirst()
            .orElse(0);
    System.out.println(mistake + " is noticed with seed " + seed);
    assertThat(seed).as("%s is not noticed in %d histories", mistake, HISTORIES).isPositive();
  }

  private static boolean isNoticed(Mistake mistake, long seed) {
    CommitHistory history =
        new CommitHistory(seed, mistake.rules.get(), mistake.barrier, mistake.places());
    history.run();
    return !history.violations().isEmpty();
  }
}
