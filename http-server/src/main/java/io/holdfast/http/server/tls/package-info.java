/** TLS of our servers, and of their clients of each other. */
@NullMarked
package io.holdfast.http.server.tls;

import org.jspecify.annotations.NullMarked;
