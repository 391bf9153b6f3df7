@NullMarked
package io.holdfast.http.server;

import org.jspecify.annotations.NullMarked;
