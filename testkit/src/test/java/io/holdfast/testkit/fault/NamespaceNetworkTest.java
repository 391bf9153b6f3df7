package io.holdfast.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.fault.Link.Direction;
import io.holdfast.testkit.process.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Needs root on Linux, and is skipped elsewhere. */
@Timeout(180)
final class NamespaceNetworkTest {

  @BeforeAll
  static void needNamespaces() {
    assumeTrue(NamespaceNetwork.isPossible(), "no network namespaces here");
  }

  /** Opens a connection from {@code host} to this process, or fails within a second or so. */
  private static void reach(Host host, String address, int port) {
    Shell.run(
        host.command(List.of("timeout", "2", "bash", "-c", "</dev/tcp/" + address + "/" + port)));
  }

  @Test
  void members_reachThisProcess_untilTheLinkIsCut() throws IOException {
    try (NamespaceNetwork network = NamespaceNetwork.create();
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName(network.driver()))) {
      Host member = network.member("a", 1);
      int port = listener.getLocalPort();
      Host driver = new Host(network.driver(), List.of());
      reach(member, network.driver(), port);

      // Replies are filtered where the member hears them: this process's own filter is not touched.
      Link link = new NetnsLink(member, driver);
      link.cut(Direction.REPLIES);
      assertThatThrownBy(() -> reach(member, network.driver(), port))
          .isInstanceOf(IllegalStateException.class);
      assertThat(link.hurt()).isPositive();

      link.heal();
      reach(member, network.driver(), port);
    }
  }

  @Test
  void create_twoAtOnce_areInSubnetsOfTheirOwn() {
    try (NamespaceNetwork one = NamespaceNetwork.create();
        NamespaceNetwork other = NamespaceNetwork.create()) {
      assertThat(other.driver()).isNotEqualTo(one.driver());
    }
  }

  @Test
  void close_leavesNothing() {
    String namespace;
    try (NamespaceNetwork network = NamespaceNetwork.create()) {
      namespace = network.member("a", 1).prefix().get(3);
      assertThat(Shell.run("ip netns list")).contains(namespace);
    }
    assertThat(Shell.run("ip netns list")).doesNotContain(namespace);
  }
}
