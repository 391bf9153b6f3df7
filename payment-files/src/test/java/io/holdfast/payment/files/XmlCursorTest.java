package io.holdfast.payment.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.testkit.process.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stranger's XML may not do. */
final class XmlCursorTest {

  private static final String GOOD = Pain.text("credit-03.xml");

  private static String withDoctype(String doctype) {
    return GOOD.replaceFirst("\\?>\n", "?>\n" + doctype + "\n");
  }

  @Test
  void externalEntity_isRefused_andNothingIsFetched(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "DE89370400440532013000");
    AtomicInteger fetched = new AtomicInteger();
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.find(1).get(0)), 0);
    server.createContext(
        "/",
        exchange -> {
          fetched.incrementAndGet();
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/x";
      for (String doctype :
          new String[] {
            "<!DOCTYPE Document SYSTEM \"" + url + "\">",
            "<!DOCTYPE Document [<!ENTITY e SYSTEM \"" + url + "\">]>",
            "<!DOCTYPE Document [<!ENTITY % e SYSTEM \"" + url + "\"> %e;]>",
            "<!DOCTYPE Document [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]>"
          }) {
        String xml = withDoctype(doctype).replace("MSG-03", "&e;");
        assertThat(Pain.check(xml).lines())
            .as(doctype)
            .containsExactly("2 a document type (DOCTYPE) is not allowed");
      }
    } finally {
      server.stop(0);
    }
    assertThat(fetched).hasValue(0);
  }

  @Test
  void billionLaughs_isRefusedAtOnce() {
    StringBuilder doctype = new StringBuilder("<!DOCTYPE Document [<!ENTITY l0 \"lol\">");
    for (int i = 1; i <= 9; i++) {
      doctype.append("<!ENTITY l%d \"%s\">".formatted(i, ("&l" + (i - 1) + ";").repeat(10)));
    }
    String xml = withDoctype(doctype + "]>").replace("MSG-03", "&l9;");

    assertThat(Pain.check(xml).lines())
        .containsExactly("2 a document type (DOCTYPE) is not allowed");
  }

  @Test
  void entityWithoutDoctype_isRefused() {
    assertThat(Pain.check(GOOD.replace("MSG-03", "&e;")).lines())
        .singleElement()
        .asString()
        .contains("5 no well-formed XML")
        .contains("not declared");
  }

  @Test
  void deepNesting_isRefused() {
    assertThat(Pain.check(GOOD.replace("<Nm>Taro", "<a>".repeat(1_000_000) + "<Nm>Taro")).lines())
        .containsExactly("32 elements are nested deeper than 40");
  }

  /** Without end. */
  private static InputStream endless(String before, String piece) {
    byte[] head = before.getBytes(StandardCharsets.UTF_8);
    byte[] body = piece.getBytes(StandardCharsets.UTF_8);
    return new InputStream() {
      private long at;

      @Override
      public int read() {
        long place = at++;
        return place < head.length
            ? head[(int) place]
            : body[(int) ((place - head.length) % body.length)];
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        for (int i = 0; i < length; i++) {
          into[offset + i] = (byte) read();
        }
        return length;
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "'<!--', x",
    "'<![CDATA[', x",
    "'<?pi ', x",
    "'<a b=\"', x",
    "'<a', ' '",
    "'<!DOCTYPE Document [', '<!ENTITY a \"b\">'",
  })
  void pieceWithoutEnd_isRefusedInBoundedMemory(String begin, String piece) throws IOException {
    String before = begin.contains("DOCTYPE") ? "" : "<Document xmlns='pain.001.001.03'>";
    Faults faults = new Faults();
    InputStream in = endless(before + begin, piece);
    try {
      PainParser.parse(in, new FileCheckStub(), faults);
    } catch (BrokenFileException e) {
      assertThat(e).hasMessageContaining("longer than 1048576 bytes");
      return;
    }
    throw new AssertionError("it was read");
  }

  /** Takes anything. */
  private static final class FileCheckStub implements PainHandler {
    @Override
    public void header(Fields header) {}

    @Override
    public void paymentInfo(Fields info) {}

    @Override
    public void transfer(Fields transfer) {}
  }

  @Test
  void longText_isAFault_andTheRestIsRead() {
    assertThat(Pain.check(GOOD.replace("MSG-03", "M".repeat(3_000_000))).lines())
        .containsExactly("5 MsgId is longer than 512", "5 MsgId must be 1 to 35 characters");
  }

  @Test
  void otherEncodings_areRead_andBytesThatAreNoTextAreRefused() {
    byte[] utf16 =
        GOOD.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"").getBytes(StandardCharsets.UTF_16);
    assertThat(Pain.check(new java.io.ByteArrayInputStream(utf16)).lines()).isEmpty();
    byte[] latin = GOOD.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Pain.check(new java.io.ByteArrayInputStream(latin)).lines())
        .singleElement()
        .asString()
        .contains("bytes that are no text");
  }

  @Test
  void noXml_isOneFault() {
    assertThat(Pain.check("").lines()).hasSize(1);
    assertThat(Pain.check("MSG;1;2").lines()).hasSize(1);
    assertThat(Pain.check(GOOD.substring(0, 700)).lines()).hasSize(1);
    assertThat(Pain.check(GOOD + "<x/>").lines()).hasSize(1);
    assertThat(Pain.check(GOOD.replace("1.0\"", "1.1\"")).lines())
        .containsExactly("1 XML 1.0 is wanted, and this is 1.1");
  }
}
