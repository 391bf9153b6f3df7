/** What an application reads in its log. */
@NullMarked
package io.holdfast.logs;

import org.jspecify.annotations.NullMarked;
