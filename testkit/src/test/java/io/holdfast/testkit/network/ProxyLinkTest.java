package io.holdfast.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.testkit.network.Link.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class ProxyLinkTest {

  private static final int SOON_MILLIS = 300;
  private static final int PATIENCE_MILLIS = 30_000;

  private ServerSocket listener;
  private ProxyLink link;
  private Socket client;
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    link = new ProxyLink("127.0.0.1", listener.getLocalPort());
    join();
  }

  private void join() throws IOException {
    String endpoint = link.endpoint();
    int port = Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1));
    client = new Socket(InetAddress.getLoopbackAddress(), port);
    server = listener.accept();
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    link.close();
    listener.close();
  }

  private static int receive(Socket at, int millis) throws IOException {
    at.setSoTimeout(millis);
    try {
      return at.getInputStream().read();
    } catch (SocketTimeoutException e) {
      return -2;
    } catch (SocketException e) {
      return -1;
    }
  }

  @Test
  void healthy_passesBothWays() throws IOException {
    client.getOutputStream().write(1);
    server.getOutputStream().write(2);
    assertThat(receive(server, PATIENCE_MILLIS)).isEqualTo(1);
    assertThat(receive(client, PATIENCE_MILLIS)).isEqualTo(2);
    assertThat(link.hurt()).isZero();
  }

  @Test
  void cut_oneWay_losesThatWayOnly_andKeepsTheConnection() throws IOException {
    link.cut(Direction.REPLIES);
    server.getOutputStream().write(2);
    await().until(() -> link.hurt() == 1);
    client.getOutputStream().write(1);
    assertThat(receive(server, PATIENCE_MILLIS)).isEqualTo(1);
    assertThat(receive(client, SOON_MILLIS)).isEqualTo(-2);
  }

  @Test
  void heal_afterALoss_breaksTheConnection_andANewOneWorks() throws IOException {
    link.cut(Direction.REQUESTS);
    client.getOutputStream().write(1);
    await().until(() -> link.hurt() == 1);
    link.heal();
    assertThat(receive(client, PATIENCE_MILLIS)).isEqualTo(-1);
    join();
    client.getOutputStream().write(3);
    assertThat(receive(server, PATIENCE_MILLIS)).isEqualTo(3);
  }

  @Test
  void delay_makesItLate_andLosesNothing() throws IOException {
    link.delay(Duration.ofMillis(200));
    long sent = System.nanoTime();
    client.getOutputStream().write(1);
    assertThat(receive(server, PATIENCE_MILLIS)).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - sent)).isGreaterThan(Duration.ofMillis(199));
    assertThat(link.hurt()).isEqualTo(1);
  }

  @Test
  void reset_breaksWhatIsOpen() throws IOException {
    link.reset();
    assertThat(link.broken()).isEqualTo(1);
    assertThat(receive(client, PATIENCE_MILLIS)).isEqualTo(-1);
  }
}
