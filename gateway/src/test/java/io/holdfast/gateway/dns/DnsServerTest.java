package io.holdfast.gateway.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.gateway.dns.DnsAsk.Answer;
import io.holdfast.gateway.dns.DnsAsk.Reply;
import io.holdfast.registry.InstanceStatus;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Random;
import javax.naming.NameNotFoundException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class DnsServerTest {

  private static final int A = 1;
  private static final int AAAA = 28;
  private static final int SRV = 33;
  private static final int NXDOMAIN = 3;

  private static final FixedServices SERVICES = FixedServices.payment();
  private static DnsServer server;
  private static InetSocketAddress at;

  @BeforeAll
  static void start() throws IOException {
    server = DnsServer.start(options().withPerSecond(1_000_000), SERVICES);
    at = server.address();
  }

  private static DnsOptions options() {
    return DnsOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .withConnections(20, 20, Duration.ofSeconds(30));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply ask(String name, int type) throws IOException {
    return DnsAsk.udp(at, name, type, 0);
  }

  @Test
  void addresses_areThoseOfInstancesThatTakeRequests() throws IOException {
    Reply reply = ask("payment.holdfast", A);

    assertThat(reply.code()).isZero();
    assertThat(reply.isAuthoritative()).isTrue();
    assertThat(reply.answers()).containsExactly(new Answer("payment.holdfast.", A, 2, "10.0.0.1"));
    assertThat(ask("payment.holdfast", AAAA).data()).containsExactly("fd00:0:0:0:0:0:0:2");
  }

  @Test
  void name_inAnyCase_isTheSameAndComesBackAsAsked() throws IOException {
    Reply reply = ask("pAYment.HoldFast", A);

    assertThat(reply.question()).isEqualTo("pAYment.HoldFast.");
    assertThat(reply.data()).containsExactly("10.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"_payment._tcp.holdfast", "payment.holdfast"})
  void services_haveWeightPortAndTheAddressBeside(String name) throws IOException {
    Reply reply = ask(name, SRV);

    assertThat(reply.data())
        .containsExactly(
            "0 100 8080 0a000001.payment.holdfast.",
            "0 50 8080 fd000000000000000000000000000002.payment.holdfast.");
    assertThat(reply.additional())
        .extracting(Answer::name, Answer::data)
        .containsExactlyInAnyOrder(
            tuple("0a000001.payment.holdfast.", "10.0.0.1"),
            tuple("fd000000000000000000000000000002.payment.holdfast.", "fd00:0:0:0:0:0:0:2"));
    assertThat(ask("0a000001.payment.holdfast", A).data()).containsExactly("10.0.0.1");
  }

  @Test
  void services_ofAPort_areThoseThatHaveIt() throws IOException {
    assertThat(ask("_grpc._tcp.payment.holdfast", SRV).data())
        .containsExactly("0 100 9090 0a000001.payment.holdfast.");
    assertThat(ask("_smtp._tcp.payment.holdfast", SRV).code()).isEqualTo(NXDOMAIN);
    assertThat(ask("_tcp.payment.holdfast", SRV).code()).isZero();
  }

  @Test
  void services_ofInstancesWithHostNames_pointToThem() throws IOException {
    assertThat(ask("_named._tcp.holdfast", SRV).data())
        .containsExactly("0 100 8080 node-1.example.org.");
    assertThat(ask("named.holdfast", A).answers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "nobody.holdfast, 1, 3",
    "idle.holdfast, 1, 0",
    "idle.holdfast, 33, 0",
    "payment.holdfast, 16, 0",
    "0a000003.payment.holdfast, 1, 3",
    "7f000001.payment.holdfast, 1, 3",
    "_tcp.holdfast, 33, 0",
    "_payment._tcp.holdfast, 1, 0",
    "holdfast, 1, 0",
  })
  void absence_isOfTheNameOrOfTheRecord(String name, int type, int code) throws IOException {
    Reply reply = ask(name, type);

    assertThat(reply.code()).isEqualTo(code);
    assertThat(reply.answers()).isEmpty();
    assertThat(reply.authority())
        .containsExactly(new Answer("holdfast.", 6, 1, "ns.holdfast. hostmaster.holdfast. 42"));
  }

  @Test
  void apex_hasItsRecords() throws IOException {
    assertThat(ask("holdfast", 6).data()).hasSize(1);
    assertThat(ask("holdfast", 2).data()).containsExactly("ns.holdfast.");
    assertThat(ask("ns.holdfast", A).data()).containsExactly("127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "example.org, 1, 5",
    "xholdfast, 1, 5",
    "holdfast, 252, 5",
    "holdfast, 251, 5",
    "unread.holdfast, 1, 2",
    "_unread._tcp.holdfast, 33, 2"
  })
  void query_thatIsNotForUs_isRefusedInFewBytes(String name, int type, int code)
      throws IOException {
    Reply reply = ask(name, type);

    assertThat(reply.code()).isEqualTo(code);
    assertThat(reply.size()).isEqualTo(DnsAsk.query(name, type, 0).length);
  }

  @Test
  void any_isOneSmallRecord() throws IOException {
    Reply reply = ask("many.holdfast", 255);

    assertThat(reply.answers()).hasSize(1);
    assertThat(reply.answers().get(0).type()).isEqualTo(13);
    assertThat(reply.size()).isLessThan(100);
  }

  @Test
  void beforeTheFirstList_everyNameIsAFailureOfTheServer() throws IOException {
    SERVICES.ready(false);
    try {
      assertThat(ask("payment.holdfast", A).code()).isEqualTo(2);
      assertThat(ask("holdfast", 6).code()).isZero();
    } finally {
      SERVICES.ready(true);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 512", "512, 512", "100, 512", "1232, 1232", "4096, 1232", "65535, 1232"})
  void answerOverUdp_isCutToTheSmallerSize(int payload, int most) throws IOException {
    Reply reply = DnsAsk.udp(at, "many.holdfast", A, payload);

    assertThat(reply.size()).isBetween(most - 20, most);
    assertThat(reply.isTruncated()).isTrue();
    assertThat(reply.additional()).hasSize(payload == 0 ? 0 : 1);
  }

  @Test
  void answerOverTcp_isWhole() throws IOException {
    Reply addresses = DnsAsk.tcp(at, "many.holdfast", A);
    Reply services = DnsAsk.tcp(at, "_many._tcp.holdfast", SRV);

    assertThat(addresses.isTruncated()).isFalse();
    assertThat(addresses.data()).doesNotHaveDuplicates().hasSize(1_000);
    assertThat(services.answers()).hasSize(1_000);
    assertThat(services.size()).isLessThanOrEqualTo(65_535);
  }

  @Test
  void order_changesFromAnswerToAnswer() throws IOException {
    List<String> first =
        DnsAsk.tcp(at, "many.holdfast", A).answers().stream().map(Answer::data).toList();
    List<String> second =
        DnsAsk.tcp(at, "many.holdfast", A).answers().stream().map(Answer::data).toList();

    assertThat(first).isNotEqualTo(second).containsExactlyInAnyOrderElementsOf(second);
  }

  @Test
  void unknownVersionOfExtendedDns_isToldSo() throws IOException {
    byte[] query = DnsAsk.query("payment.holdfast", A, 1_232);
    query[query.length - 5] = 1;

    byte[] reply = DnsAsk.udp(at, query);

    assertThat(DnsAsk.read(reply).answers()).isEmpty();
    assertThat(reply[reply.length - 6]).isEqualTo((byte) 1);
  }

  @Test
  void garbage_isAnsweredBrieflyOrNotAtAllAndHurtsNobody() throws IOException {
    Random random = new Random(7);
    byte[] good = DnsAsk.query("payment.holdfast", A, 1_232);
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < 2_000; i++) {
        byte[] bad = good.clone();
        for (int flips = random.nextInt(6); flips >= 0; flips--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        int length = random.nextInt(bad.length + 1);
        socket.send(new DatagramPacket(bad, length, at));
      }
    }
    byte[] twoQuestions = good.clone();
    twoQuestions[5] = 2;
    assertThat(DnsAsk.read(DnsAsk.udp(at, twoQuestions)).code()).isEqualTo(1);
    byte[] update = good.clone();
    update[2] = 0x28;
    assertThat(DnsAsk.read(DnsAsk.udp(at, update)).code()).isEqualTo(4);

    assertThat(ask("payment.holdfast", A).data()).containsExactly("10.0.0.1");
  }

  @Test
  void manyQueriesOfOneNetwork_areToldToComeByTcpInFewBytes() throws IOException {
    try (DnsServer strict = DnsServer.start(options().withPerSecond(1), SERVICES)) {
      byte[] query = DnsAsk.query("payment.holdfast", A, 0);
      byte[] reply = DnsAsk.udp(strict.address(), query);
      for (int i = 0; i < 100 && !DnsAsk.read(reply).isTruncated(); i++) {
        reply = DnsAsk.udp(strict.address(), query);
      }

      assertThat(DnsAsk.read(reply).isTruncated()).isTrue();
      assertThat(reply).hasSameSizeAs(query);
      assertThat(DnsAsk.tcp(strict.address(), "payment.holdfast", A).data()).hasSize(1);
    }
  }

  @Test
  void tcpClient_thatTricklesOrDoesNotRead_isDropped() throws IOException {
    DnsOptions impatient = options().withConnections(20, 20, Duration.ofMillis(500));
    try (DnsServer strict = DnsServer.start(impatient, SERVICES);
        Socket slow = new Socket(at.getAddress(), strict.address().getPort());
        Socket deaf = new Socket(at.getAddress(), strict.address().getPort())) {
      byte[] query = DnsAsk.query("_many._tcp.holdfast", SRV, 0);
      deaf.setSoTimeout(10_000);
      slow.setSoTimeout(10_000);
      assertThatThrownBy(
              () -> {
                while (true) {
                  deaf.getOutputStream().write(new byte[] {0, (byte) query.length});
                  deaf.getOutputStream().write(query);
                }
              })
          .isInstanceOf(IOException.class);
      slow.getOutputStream().write(0);
      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(DnsAsk.tcp(at, "payment.holdfast", A).data()).hasSize(1);
  }

  @Test
  void connections_areCounted() throws IOException {
    DnsOptions few = options().withConnections(20, 2, Duration.ofSeconds(30));
    try (DnsServer strict = DnsServer.start(few, SERVICES);
        Socket first = new Socket(at.getAddress(), strict.address().getPort());
        Socket second = new Socket(at.getAddress(), strict.address().getPort());
        Socket third = new Socket(at.getAddress(), strict.address().getPort())) {
      third.setSoTimeout(10_000);
      assertThat(third.getInputStream().read()).isEqualTo(-1);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
  }

  @Test
  void drain_takesTheInstanceOut() throws IOException {
    SERVICES.put("drained", FixedServices.instance("drained", "a", "10.0.0.1"));
    assertThat(ask("drained.holdfast", A).data()).hasSize(1);

    SERVICES.put(
        "drained",
        FixedServices.instance("drained", "a", "10.0.0.1").withStatus(InstanceStatus.DRAINING));

    assertThat(ask("drained.holdfast", A).code()).isZero();
    assertThat(ask("drained.holdfast", A).data()).isEmpty();
    assertThat(ask("0a000001.drained.holdfast", A).code()).isEqualTo(NXDOMAIN);
  }

  /** The JDK's own resolver, which comes by TCP when an answer was cut. */
  @Test
  @SuppressWarnings({
    "BanJNDI",
    "JdkObsolete"
  }) // the names are the test's own; JNDI wants a Hashtable
  void jndi_readsAllRecords() throws Exception {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
    environment.put("java.naming.provider.url", "dns://127.0.0.1:" + at.getPort());
    InitialDirContext context = new InitialDirContext(environment);

    Attribute addresses = context.getAttributes("many.holdfast", new String[] {"A"}).get("A");

    assertThat(addresses.size()).isEqualTo(1_000);
    Attribute services =
        context.getAttributes("_payment._tcp.holdfast", new String[] {"SRV"}).get("SRV");
    assertThat(services.size()).isEqualTo(2);
    assertThatThrownBy(() -> context.getAttributes("nobody.holdfast", new String[] {"A"}))
        .isInstanceOf(NameNotFoundException.class);
  }
}
