package io.holdfast.transaction.saga;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.transaction.saga.SagaHistory.Setting;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sagas under thousands of random histories: runners that crash, pause, are cut off or succeeded at
 * every step, services that are away or refuse, operators who resume, messages lost, late and
 * repeated. Replay one with {@code -Dholdfast.seed=N}.
 */
final class SagaSimulationTest {

  private static final int HISTORIES = 1_500;
  private static final int HISTORIES_FOR_MISTAKES = 500;

  @Test
  @Timeout(300)
  void randomHistories_keepEveryPromise() {
    Long replay = Long.getLong("holdfast.seed");
    if (replay != null) {
      runWell(replay);
      return;
    }
    long completed = 0;
    long compensated = 0;
    long parked = 0;
    for (long seed = 1; seed <= HISTORIES; seed++) {
      SagaHistory history = runWell(seed);
      completed += history.count(SagaState.COMPLETED);
      compensated += history.count(SagaState.COMPENSATED);
      parked += history.parked();
    }
    assertThat(completed).as("completed").isGreaterThan(HISTORIES * 4L);
    assertThat(compensated).as("compensated").isGreaterThan(HISTORIES * 4L);
    assertThat(parked).as("parked").isGreaterThan(HISTORIES / 2);
  }

  private static SagaHistory runWell(long seed) {
    SagaHistory history = new SagaHistory(seed, Setting.SOUND);
    history.run();
    assertThat(history.violations())
        .as("replay with -Dtest=SagaSimulationTest -Dholdfast.seed=%d", seed)
        .isEmpty();
    return history;
  }

  enum Mistake {
    COMPENSATES_BLINDLY(
        () ->
            broken(
                new SagaRules() {
                  @Override
                  boolean takesSilenceForRefusal() {
                    return true;
                  }
                })),
    PASSES_OVER_THE_UNKNOWN_AT_THE_DEADLINE(
        () ->
            broken(
                new SagaRules() {
                  @Override
                  boolean turnsAtDeadline(Saga saga) {
                    return true;
                  }
                })),
    RUNS_FOR_EVER(
        () ->
            broken(
                new SagaRules() {
                  @Override
                  boolean parks() {
                    return false;
                  }
                })),
    ANOTHER_KEY_FOR_EACH_CALL(
        () ->
            broken(
                new SagaRules() {
                  private final AtomicInteger calls = new AtomicInteger();

                  @Override
                  String key(Saga saga, SagaStep step) {
                    return super.key(saga, step) + calls.incrementAndGet();
                  }
                })),
    FORGETS_A_COMPENSATION(
        () ->
            broken(
                new SagaRules() {
                  @Override
                  int firstCompensated(int refused) {
                    return refused - 2;
                  }
                })),
    RUNS_WITHOUT_FENCE(() -> new Setting(SagaRules.SOUND, false));

    @SuppressWarnings("ImmutableEnumChecker")
    private final Supplier<Setting> setting;

    Mistake(Supplier<Setting> setting) {
      this.setting = setting;
    }

    private static Setting broken(SagaRules rules) {
      return new Setting(rules, true);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(120)
  void mistake_seeded_isNoticed(Mistake mistake) {
    long seed =
        LongStream.rangeClosed(1, HISTORIES_FOR_MISTAKES)
            .filter(
                each -> {
                  SagaHistory history = new SagaHistory(each, mistake.setting.get());
                  history.run();
                  return !history.violations().isEmpty();
                })
            .findFirst()
            .orElse(0);
    System.out.println(mistake + " is noticed with seed " + seed);
    assertThat(seed).as("%s is not noticed", mistake).isPositive();
  }
}
