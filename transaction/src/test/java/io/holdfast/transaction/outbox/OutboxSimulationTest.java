package io.holdfast.transaction.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.transaction.outbox.OutboxHistory.Setting;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The outbox under thousands of random histories: relays that crash, pause, are cut off or
 * succeeded at every step, a receiver that is away or refuses, transactions that commit out of
 * order, messages lost, late and repeated. Replay one with {@code -Dholdfast.seed=N}.
 */
final class OutboxSimulationTest {

  private static final int HISTORIES = 1_500;
  private static final int HISTORIES_FOR_MISTAKES = 500;

  @Test
  @Timeout(300)
  void randomHistories_oneEffectEachInOrder() {
    Long replay = Long.getLong("holdfast.seed");
    if (replay != null) {
      runWell(replay);
      return;
    }
    long messages = 0;
    long repeated = 0;
    long parked = 0;
    for (long seed = 1; seed <= HISTORIES; seed++) {
      OutboxHistory history = runWell(seed);
      messages += history.messages();
      repeated += history.repeated();
      parked += history.parked();
    }
    assertThat(messages).as("messages").isGreaterThan(HISTORIES * 10L);
    assertThat(repeated).as("delivered more than once").isGreaterThan(HISTORIES / 2);
    assertThat(parked).as("parked").isGreaterThan(HISTORIES / 4);
  }

  private static OutboxHistory runWell(long seed) {
    OutboxHistory history = new OutboxHistory(seed, Setting.SOUND);
    history.run();
    assertThat(history.violations())
        .as("replay with -Dtest=OutboxSimulationTest -Dholdfast.seed=%d", seed)
        .isEmpty();
    return history;
  }

  enum Mistake {
    REMEMBERS_A_POSITION(
        seed ->
            broken(
                new RelayRules() {
                  @Override
                  long start(long delivered) {
                    return delivered;
                  }
                })),
    OVERTAKES_WHAT_FAILED(
        seed ->
            broken(
                new RelayRules() {
                  @Override
                  boolean holdsBack() {
                    return false;
                  }
                })),
    TAKES_SILENCE_FOR_DELIVERY(
        seed ->
            broken(
                new RelayRules() {
                  @Override
                  Delivery judged(Delivery answer) {
                    return answer instanceof Delivery.Unknown ? new Delivery.Delivered() : answer;
                  }
                })),
    RELAYS_WITHOUT_FENCE(seed -> new Setting(RelayRules.SOUND, false, true)),
    INBOX_OFF(seed -> new Setting(RelayRules.SOUND, true, false));

    @SuppressWarnings("ImmutableEnumChecker")
    private final LongFunction<Setting> setting;

    Mistake(LongFunction<Setting> setting) {
      this.setting = setting;
    }

    private static Setting broken(RelayRules rules) {
      return new Setting(rules, true, true);
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
                  OutboxHistory history = new OutboxHistory(each, mistake.setting.apply(each));
                  history.run();
                  return !history.violations().isEmpty();
                })
            .findFirst()
            .orElse(0);
    System.out.println(mistake + " is noticed with seed " + seed);
    assertThat(seed).as("%s is not noticed", mistake).isPositive();
  }
}
