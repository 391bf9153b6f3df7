package io.holdfast.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.network.Link.Direction;
import io.holdfast.testkit.process.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Needs root on Linux, and is skipped elsewhere. */
@Timeout(180)
final class NamespaceNetworkTest {

  private static final int SENT = 300;

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

  /** Between two members each way is cut by itself, and what is dropped is counted. */
  @Test
  void cut_oneWay_isFeltAtTheOtherEndOnly() {
    try (NamespaceNetwork network = NamespaceNetwork.create()) {
      Host a = network.member("a", 1);
      Host b = network.member("b", 2);
      NetnsLink link = new NetnsLink(a, b);
      link.cut(Direction.REQUESTS);
      sendTo(a, b);
      long dropped = link.hurt();
      assertThat(dropped).isGreaterThanOrEqualTo(SENT);
      sendTo(b, a);
      // What arrives is refused, and some of the refusals do not pass.
      assertThat(link.hurt()).isLessThan(dropped + SENT / 2);

      link.heal();
      sendTo(a, b);
      assertThat(link.hurt()).isZero();
    }
  }

  @Test
  void lose_aShare_dropsAboutThatMany() {
    try (NamespaceNetwork network = NamespaceNetwork.create()) {
      Host a = network.member("a", 1);
      Host b = network.member("b", 2);
      NetnsLink link = new NetnsLink(a, b);
      link.lose(50);
      sendTo(a, b);
      // 300 tosses of a coin, and a few refusals: outside of this once in a million million.
      assertThat(link.hurt()).isBetween(85L, 265L);
    }
  }

  /** Datagrams that nobody expects. */
  private static void sendTo(Host from, Host to) {
    String datagrams =
        "for ((i = 0; i < " + SENT + "; i++)); do echo > /dev/udp/" + to.address() + "/9; done";
    Shell.run(from.command(List.of("bash", "-c", datagrams + " 2>/dev/null; true")));
  }

  @Test
  void reset_openConnection_isBrokenAndANewOnePasses() throws IOException, InterruptedException {
    try (NamespaceNetwork network = NamespaceNetwork.create();
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName(network.driver()))) {
      Host member = network.member("a", 1);
      int port = listener.getLocalPort();
      String talk = "exec 3<>/dev/tcp/" + network.driver() + "/" + port + "; read -u 3";
      Process client = new ProcessBuilder(member.command(List.of("bash", "-c", talk))).start();
      try (Socket open = listener.accept()) {
        Link link = new NetnsLink(new Host(network.driver(), List.of()), member);
        link.reset();

        assertThat(link.broken()).isEqualTo(1);
        assertThatThrownBy(() -> open.getInputStream().read()).isInstanceOf(IOException.class);
        reach(member, network.driver(), port);
      } finally {
        client.destroyForcibly();
      }
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
