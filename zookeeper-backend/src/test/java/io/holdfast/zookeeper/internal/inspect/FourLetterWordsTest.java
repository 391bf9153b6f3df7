package io.holdfast.zookeeper.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.Finding;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FourLetterWordsTest {

  private static Finding judge(String answer) {
    return FourLetterWords.judge("server h:2181", answer);
  }

  @Test
  void judge_version_isComparedWithTheFloor() {
    Finding good = judge("Zookeeper version: 3.9.5-abc, built on\nMode: follower\n");
    assertThat(good.level()).isEqualTo(Finding.Level.OK);
    assertThat(good.what()).isEqualTo("ZooKeeper 3.9.5, follower");
    Finding old = judge("Zookeeper version: 3.8.4--1, built on\nMode: leader\n");
    assertThat(old.level()).isEqualTo(Finding.Level.WARNING);
    assertThat(old.advice()).contains("3.9.5", "CVE-2026-24281", "CVE-2026-24308");
    assertThat(judge("Zookeeper version: 3.10.0\n").level()).isEqualTo(Finding.Level.OK);
  }

  @Test
  void judge_noVersion_saysWhy() {
    assertThat(judge("This ZooKeeper instance is not currently serving requests").level())
        .isEqualTo(Finding.Level.PROBLEM);
    assertThat(judge("srvr is not executed because it is not in the whitelist.").advice())
        .contains("4lw.commands.whitelist=srvr");
  }

  @Test
  void judge_noZooKeeper_isToldAsThat() {
    for (String answer : new String[] {"", "HTTP/1.1 400 Bad Request\r\n"}) {
      assertThat(judge(answer).level()).isEqualTo(Finding.Level.PROBLEM);
      assertThat(judge(answer).what()).contains("is no ZooKeeper");
      assertThat(judge(answer).advice()).doesNotContain("firewall", "4lw");
    }
  }

  @Test
  void ask_unknownHost_isToldByName() {
    Finding finding =
        new FourLetterWords("nobody.invalid:2181", Duration.ofSeconds(10), Optional.empty()).ask();
    assertThat(finding.what()).isEqualTo("unknown host nobody.invalid");
    assertThat(finding.advice()).isEqualTo("check the name");
  }
}
