package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which servers are refused, and which are warned of. */
final class PostgresSettingsTest {

  @Test
  void server_thatCannotTakePart_isRefused() {
    PostgresSettings few = new PostgresSettings(160_000, 3, Optional.empty(), "on", true, "", 0);
    PostgresSettings old = new PostgresSettings(110_000, 64, Optional.empty(), "on", true, "", 0);
    PostgresSettings hasty =
        new PostgresSettings(160_000, 64, Optional.of("prepared_timeout"), "on", true, "", 0);

    assertThatThrownBy(() -> few.check(4)).hasMessageContaining("max_prepared_transactions");
    assertThatThrownBy(() -> old.check(4)).hasMessageContaining("12");
    assertThatThrownBy(() -> hasty.check(4)).hasMessageContaining("prepared_timeout");
  }

  @Test
  void server_thatMayLoseBranches_isWarnedOf() {
    assertThat(settings("on", "", 0).warnings()).isEmpty();
    assertThat(settings("on", "one", 1).warnings()).isEmpty();
    assertThat(settings("on", "", 1).warnings()).singleElement().asString().contains("empty");
    assertThat(settings("local", "one", 1).warnings()).singleElement().asString().contains("local");
    assertThat(settings("off", "one", 1).warnings()).hasSize(2);
  }

  private static PostgresSettings settings(String commit, String names, int standbys) {
    return new PostgresSettings(160_000, 64, Optional.empty(), commit, true, names, standbys);
  }
}
