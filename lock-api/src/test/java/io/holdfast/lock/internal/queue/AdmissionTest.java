package io.holdfast.lock.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockName;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdmissionTest {

  /** Positions in {@code ahead} of those whom {@code own} has to wait for. */
  private static List<Integer> inTheWay(String own, String ahead) {
    List<String> modes = ahead.isEmpty() ? List.of() : List.of(ahead.split(" ", -1));
    List<Integer> positions = IntStream.range(0, modes.size()).boxed().toList();
    return Admission.inTheWay(LockMode.parse(own), positions, modes::get).stream()
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "lock, ''",
    "write, ''",
    "read, ''",
    "read, read read",
    "permits4of4, ''",
    "permits1of4, permits3of4",
    "permits2of4, permits1of4 permits1of4"
  })
  void inTheWay_fits_isNobody(String own, String ahead) {
    assertThat(inTheWay(own, ahead)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "lock, lock read, 1",
    "write, read read, 1",
    "lock, permits1of4, 0",
    "read, write read, 0",
    "read, write read lock read read, 2",
    "read, permits1of4, 0",
    "read, unheardof, 0",
    "write, upgradable, 0",
    "upgradable, write read, 0",
    "upgradable, upgradable read, 0",
    "lock, upgrade, 0",
    "read, upgradable upgrade, 1",
    "permits1of4, permits1of5 permits1of4, 0",
    "permits1of4, permits1of4 read permits4of4, 1"
  })
  void inTheWay_excluded_isTheNearestWhoExcludes(String own, String ahead, int nearest) {
    assertThat(inTheWay(own, ahead)).containsExactly(nearest);
  }

  @Test
  void inTheWay_tooFewPermits_isTheNearestWhoTogetherTakeTooMany() {
    assertThat(inTheWay("permits1of4", "permits4of4")).containsExactly(0);
    assertThat(inTheWay("permits2of4", "permits1of4 permits1of4 permits2of4"))
        .containsExactly(1, 2);
    assertThat(inTheWay("permits1of2", "permits1of2 permits1of2 permits1of2"))
        .containsExactly(1, 2);
    assertThat(inTheWay("permits4of4", "permits1of4 permits1of4")).containsExactly(1);
  }

  @Test
  void parse_everyMode_isItsText() {
    for (String text : List.of("lock", "read", "write", "permits3of10", "permits99999of99999")) {
      assertThat(LockMode.parse(text).text()).isEqualTo(text);
      assertThat(
              new LockClaim(
                      new LockName("x"),
                      LockMode.parse(text),
                      Key.of("locks"),
                      LockConfig.defaults())
                  .claim()
                  .mode())
          .isEqualTo(text);
    }
    assertThat(LockMode.permits(3, 10)).hasToString("permits:3");
  }

  @ParameterizedTest
  @CsvSource({"permits5of4", "permits0of4", "permits4", "permits-1of4", "READ", "''"})
  void parse_unknownMode_isExclusive(String text) {
    assertThat(LockMode.parse(text)).isEqualTo(LockMode.EXCLUSIVE);
  }
}
