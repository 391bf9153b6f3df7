/**
 * Certificates for servers and clients under test: begin with {@link
 * io.holdfast.testkit.tls.TestAuthority}. Needs {@code netty-pkitesting} on the class path.
 */
@NullMarked
package io.holdfast.testkit.tls;

import org.jspecify.annotations.NullMarked;
