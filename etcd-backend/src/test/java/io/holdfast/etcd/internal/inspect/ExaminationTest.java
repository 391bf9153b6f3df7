package io.holdfast.etcd.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.Finding;
import io.holdfast.spi.Finding.Level;
import org.junit.jupiter.api.Test;

final class ExaminationTest {

  private static Finding version(String version) {
    return Examination.version("server h:2379", version);
  }

  /** What etcd lists as errors is more than its alarms. */
  @Test
  void error_ofEtcd_hasTheAdviceThatGoesWithIt() {
    assertThat(Examination.error("server h:2379", "memberID:7 alarm:NOSPACE").advice())
        .contains("compact")
        .doesNotContain("replace");
    assertThat(Examination.error("server h:2379", "memberID:7 alarm:CORRUPT").advice())
        .isEqualTo("replace the member");
    assertThat(Examination.error("server h:2379", "something new").advice())
        .doesNotContain("compact");
  }

  @Test
  void version_known_isJudged() {
    assertThat(version("3.4.23").level()).isEqualTo(Level.PROBLEM);
    assertThat(version("3.4.23").what()).contains("11456");
    assertThat(version("3.4.33").what()).doesNotContain("11456");
    assertThat(version("3.4.34").level()).isEqualTo(Level.OK);
    assertThat(version("3.5.15").level()).isEqualTo(Level.PROBLEM);
    assertThat(version("3.5.16").level()).isEqualTo(Level.WARNING);
    assertThat(version("3.5.16").what()).contains("GHSA-xg4h-6gfc-h4m8");
    assertThat(version("3.5.33").level()).isEqualTo(Level.OK);
    assertThat(version("3.6.1").level()).isEqualTo(Level.OK);
  }
}
