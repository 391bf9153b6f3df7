package io.holdfast.gateway.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that reads every byte of an answer, with no code of the server. */
final class DnsAsk {

  private static final int MILLIS = 2_000;

  /** Datagrams may be lost, also on one machine. */
  private static final int TRIES = 5;

  private DnsAsk() {}

  /** One record, its data as text. */
  record Answer(String name, int type, long ttl, String data) {}

  /** What came back. */
  record Reply(
      int size,
      int flags,
      String question,
      List<Answer> answers,
      List<Answer> authority,
      List<Answer> additional) {

    int code() {
      return flags & 0xf;
    }

    boolean isTruncated() {
      return (flags & 0x200) != 0;
    }

    boolean isAuthoritative() {
      return (flags & 0x400) != 0;
    }

    List<String> data() {
      return answers.stream().map(Answer::data).sorted().toList();
    }
  }

  /** A query of one question; a payload of 0 is one without extended DNS. */
  static byte[] query(String name, int type, int payload) {
    ByteBuffer out = ByteBuffer.allocate(1_024);
    out.putShort((short) 4_711).putShort((short) 0x0100).putShort((short) 1);
    out.putShort((short) 0).putShort((short) 0).putShort((short) (payload > 0 ? 1 : 0));
    for (String label : name.split("\\.", 0)) {
      byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
      out.put((byte) bytes.length).put(bytes);
    }
    out.put((byte) 0).putShort((short) type).putShort((short) 1);
    if (payload > 0) {
      out.put((byte) 0).putShort((short) 41).putShort((short) payload);
      out.putInt(0).putShort((short) 0);
    }
    byte[] message = new byte[out.position()];
    out.flip().get(message);
    return message;
  }

  static Reply udp(InetSocketAddress server, String name, int type, int payload)
      throws IOException {
    return read(udp(server, query(name, type, payload)));
  }

  static byte[] udp(InetSocketAddress server, byte[] query) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(MILLIS);
      socket.connect(server);
      DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
      for (int tries = 1; ; tries++) {
        socket.send(new DatagramPacket(query, query.length));
        try {
          socket.receive(answer);
          break;
        } catch (SocketTimeoutException e) {
          if (tries == TRIES) {
            throw e;
          }
        }
      }
      byte[] message = new byte[answer.getLength()];
      System.arraycopy(answer.getData(), 0, message, 0, message.length);
      return message;
    }
  }

  static Reply tcp(InetSocketAddress server, String name, int type) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(MILLIS);
      socket.connect(server, MILLIS);
      byte[] query = query(name, type, 0);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeShort(query.length);
      out.write(query);
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return read(answer);
    }
  }

  static Reply read(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message);
    in.getShort();
    int flags = in.getShort() & 0xffff;
    int questions = in.getShort();
    int answers = in.getShort();
    int authority = in.getShort();
    int additional = in.getShort();
    String question = "";
    if (questions == 1) {
      question = name(in);
      in.getInt();
    }
    Reply reply =
        new Reply(
            message.length,
            flags,
            question,
            records(in, answers),
            records(in, authority),
            records(in, additional));
    if (in.hasRemaining()) {
      throw new IllegalStateException(in.remaining() + " bytes too many");
    }
    return reply;
  }

  private static List<Answer> records(ByteBuffer in, int count) {
    List<Answer> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = name(in);
      int type = in.getShort() & 0xffff;
      in.getShort();
      long ttl = in.getInt() & 0xffffffffL;
      int length = in.getShort() & 0xffff;
      int end = in.position() + length;
      found.add(new Answer(name, type, ttl, data(in, type, length)));
      in.position(end);
    }
    return found;
  }

  private static String data(ByteBuffer in, int type, int length) {
    return switch (type) {
      case 1, 28 -> {
        byte[] address = new byte[length];
        in.get(address);
        try {
          yield java.net.InetAddress.getByAddress(address).getHostAddress();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
      case 2 -> name(in);
      case 6 -> name(in) + " " + name(in) + " " + in.getInt();
      case 33 ->
          in.getShort() + " " + in.getShort() + " " + (in.getShort() & 0xffff) + " " + name(in);
      default -> "";
    };
  }

  private static String name(ByteBuffer in) {
    StringBuilder name = new StringBuilder();
    int back = -1;
    while (true) {
      int length = in.get() & 0xff;
      if (length == 0) {
        break;
      }
      if (length >= 0xc0) {
        int place = ((length & 0x3f) << 8) | (in.get() & 0xff);
        back = back < 0 ? in.position() : back;
        in.position(place);
        continue;
      }
      byte[] label = new byte[length];
      in.get(label);
      name.append(new String(label, StandardCharsets.ISO_8859_1)).append('.');
    }
    if (back >= 0) {
      in.position(back);
    }
    return name.toString();
  }
}
