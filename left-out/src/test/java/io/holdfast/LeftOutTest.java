package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the last line of a build says. */
class LeftOutTest {

  @Test
  void line_nothingLeftOut_saysSo() {
    assertThat(LeftOut.line(Map.of(), Map.of())).isEqualTo("LEFT OUT: nothing");
  }

  @Test
  void line_faultsAndTests_saysWhatTheyTakeOnOneLine() {
    Set<String> faults = new TreeSet<>(Set.of("unplug-leader", "packet-loss on etcd"));
    assertThat(
            LeftOut.line(
                Map.of("docker.io, with its engine running", faults),
                Map.of("no chromium on the PATH", Set.of("RenderedReportTest"))))
        .isEqualTo(
            "LEFT OUT: packet-loss on etcd, unplug-leader"
                + " (takes docker.io, with its engine running);"
                + " RenderedReportTest (no chromium on the PATH)");
  }
}
