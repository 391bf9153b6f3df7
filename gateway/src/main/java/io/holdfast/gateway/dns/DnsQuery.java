package io.holdfast.gateway.dns;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a message asks. Everything that is not one well-formed question is refused here.
 *
 * @param id to be given back
 * @param flags the second two bytes of the message
 * @param refusal why it is not answered, if that is clear without looking at the name
 * @param question as it came, to be echoed byte by byte; empty if it could not be read
 * @param name what is asked about, in lower case
 * @param type as in {@link RecordType}
 * @param options present if the client knows extended DNS
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record DnsQuery(
    int id,
    int flags,
    Optional<ResponseCode> refusal,
    byte[] question,
    DomainName name,
    int type,
    Optional<Options> options) {

  private static final int HEADER = 12;
  private static final int RESPONSE = 0x8000;
  private static final int OPCODE = 0x7800;
  private static final int POINTER = 0xc0;

  /** Where UDP ends for a client that does not know extended DNS. */
  private static final int PLAIN_PAYLOAD = 512;

  private static final int LONGEST_NAME = 255;
  private static final DomainName ROOT = new DomainName(List.of());

  /**
   * What extended DNS adds.
   *
   * @param payload how many bytes the client takes in one UDP message
   * @param version of extended DNS; 0 is the only one there is
   */
  record Options(int payload, int version) {}

  /**
   * Reads a message.
   *
   * @return empty for what must not be answered at all: a fragment, or an answer, which could make
   *     two servers talk to each other for ever
   */
  static Optional<DnsQuery> parse(ByteBuf message) {
    if (message.readableBytes() < HEADER) {
      return Optional.empty();
    }
    int id = message.readUnsignedShort();
    int flags = message.readUnsignedShort();
    if ((flags & RESPONSE) != 0) {
      return Optional.empty();
    }
    if ((flags & OPCODE) != 0) {
      return Optional.of(refused(id, flags, ResponseCode.NOT_IMPLEMENTED));
    }
    try {
      return Optional.of(parseBody(id, flags, message));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return Optional.of(refused(id, flags, ResponseCode.FORMAT_ERROR));
    }
  }

  private static DnsQuery refused(int id, int flags, ResponseCode why) {
    return new DnsQuery(id, flags, Optional.of(why), new byte[0], ROOT, 0, Optional.empty());
  }

  private static DnsQuery parseBody(int id, int flags, ByteBuf message) {
    int questions = message.readUnsignedShort();
    int answers = message.readUnsignedShort();
    int authorities = message.readUnsignedShort();
    int additional = message.readUnsignedShort();
    if (questions != 1 || answers != 0 || authorities != 0 || additional > 1) {
      return refused(id, flags, ResponseCode.FORMAT_ERROR);
    }
    int start = message.readerIndex();
    Optional<DomainName> name = readName(message);
    int type = message.readUnsignedShort();
    int kind = message.readUnsignedShort();
    byte[] question = new byte[message.readerIndex() - start];
    message.getBytes(start, question);
    Optional<Options> options = additional == 0 ? Optional.empty() : readOptions(message);
    Optional<ResponseCode> refusal = Optional.empty();
    if (kind != RecordType.INTERNET) {
      refusal = Optional.of(ResponseCode.REFUSED);
    }
    if (options.isPresent() && options.orElseThrow().version() != 0) {
      refusal = Optional.of(ResponseCode.BAD_VERSION);
    }
    // A name with other bytes than ours can be no name of ours.
    if (name.isEmpty() && refusal.isEmpty()) {
      refusal = Optional.of(ResponseCode.REFUSED);
    }
    return new DnsQuery(id, flags, refusal, question, name.orElse(ROOT), type, options);
  }

  /** Empty if the name is well-formed but has bytes that no name of ours has. */
  private static Optional<DomainName> readName(ByteBuf message) {
    List<String> labels = new ArrayList<>();
    boolean ours = true;
    int total = 1;
    int length = message.readUnsignedByte();
    while (length != 0) {
      total += length + 1;
      if ((length & POINTER) != 0 || total > LONGEST_NAME) {
        throw new IllegalArgumentException("a question has a plain name of up to 255 bytes");
      }
      String label = message.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
      ours &= label.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '.');
      labels.add(label.toLowerCase(Locale.ROOT));
      length = message.readUnsignedByte();
    }
    return ours ? Optional.of(new DomainName(labels)) : Optional.empty();
  }

  private static Optional<Options> readOptions(ByteBuf message) {
    if (message.readUnsignedByte() != 0 || message.readUnsignedShort() != RecordType.OPT) {
      throw new IllegalArgumentException("what follows a question is an OPT record");
    }
    int payload = message.readUnsignedShort();
    message.skipBytes(1);
    int version = message.readUnsignedByte();
    message.skipBytes(2);
    message.skipBytes(message.readUnsignedShort());
    return Optional.of(new Options(payload, version));
  }

  /** How many bytes an answer over UDP may have, given the most that this server sends. */
  int udpPayload(int most) {
    int asked = options.map(Options::payload).orElse(PLAIN_PAYLOAD);
    return Math.max(PLAIN_PAYLOAD, Math.min(asked, most));
  }
}
