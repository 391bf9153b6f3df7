package io.holdfast.transaction.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a saga stands after what has happened. */
final class SagaProgressTest {

  private static final Instant NOW = Instant.ofEpochMilli(1_000_000);
  private static final SagaAction NOTHING =
      call -> CompletableFuture.completedFuture(StepOutcome.Done.PLAIN);
  private static final SagaDefinition TWO =
      SagaDefinition.named("two", 1).step("one", NOTHING, NOTHING).lastStep("two", NOTHING);

  private final SagaProgress progress = new SagaProgress(TWO, SagaRules.SOUND);

  private static Saga started() {
    return Saga.starting(TWO, "s", "", NOW);
  }

  @Test
  void step_notInTheDefinitionAnyMore_isParked() {
    Saga lost = started().at(SagaState.RUNNING, Direction.FORWARD, 2, NOW, "");
    assertThat(progress.next(lost, NOW).state()).isEqualTo(SagaState.PARKED);
    Saga compensating = started().at(SagaState.RUNNING, Direction.COMPENSATING, 1, NOW, "");
    assertThat(progress.next(compensating, NOW).state()).isEqualTo(SagaState.PARKED);
  }

  @Test
  void deadline_passed_turnsBackOnlyWhatIsNotCalled() {
    Saga second = started().at(SagaState.RUNNING, Direction.FORWARD, 1, NOW, "");
    Instant late = second.deadline().plusSeconds(1);
    assertThat(progress.next(second, late))
        .extracting(Saga::direction, Saga::step, Saga::called)
        .containsExactly(Direction.COMPENSATING, 0, true);
    Saga called = progress.next(second, NOW);
    assertThat(progress.next(called, late))
        .extracting(Saga::direction, Saga::step, Saga::attempts)
        .containsExactly(Direction.FORWARD, 1, 2);
    assertThat(progress.next(started(), late).state()).isEqualTo(SagaState.COMPENSATED);
  }

  @Test
  void compensation_refused_isParkedAndCannotBeSettledSo() {
    Saga back = started().at(SagaState.RUNNING, Direction.COMPENSATING, 0, NOW, "no");
    Saga parked = progress.ended(back, new StepOutcome.Refused("never"), NOW);
    assertThat(parked.state()).isEqualTo(SagaState.PARKED);
    assertThatThrownBy(() -> parked.settled(new StepOutcome.Refused("never"), NOW))
        .isInstanceOf(IllegalStateException.class);
    Saga settled = parked.settled(new StepOutcome.Done("by hand"), NOW);
    StepOutcome word = progress.verdict(settled).orElseThrow();
    assertThat(progress.ended(settled, word, NOW).state()).isEqualTo(SagaState.COMPENSATED);
    assertThatThrownBy(() -> settled.resumed(NOW)).isInstanceOf(IllegalStateException.class);
  }
}
