package io.holdfast.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FreePortsTest {

  /** Or a server that is down for a while could find a stranger in its place. */
  @Test
  void find_moreThanABlock_givesNoneTwiceAndNoneThatASystemGivesAway() {
    List<Integer> ports = FreePorts.find(300);

    assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port > 10_000 && port < 32_000);
    assertThat(FreePorts.find(300)).doesNotContainAnyElementsOf(ports);
  }
}
