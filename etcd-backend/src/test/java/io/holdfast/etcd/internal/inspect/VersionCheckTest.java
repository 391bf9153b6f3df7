package io.holdfast.etcd.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionCheckTest {

  @Test
  void isBelowFloor_eachBranch_hasItsOwnFloor() {
    assertThat(VersionCheck.isBelowFloor("3.4.23")).isTrue();
    assertThat(VersionCheck.isBelowFloor("3.4.34")).isFalse();
    assertThat(VersionCheck.isBelowFloor("3.5.15")).isTrue();
    assertThat(VersionCheck.isBelowFloor("3.5.16")).isFalse();
    assertThat(VersionCheck.isBelowFloor("3.6.0-rc.1")).isFalse();
    assertThat(VersionCheck.isBelowFloor("3.3.27")).isTrue();
    assertThat(VersionCheck.isBelowFloor("not a version")).isFalse();
  }
}
