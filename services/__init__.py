"""What the system does. No streamlit, no SQL."""

import zoneinfo

# The time zones are those of the pinned tzdata: an older system's would put contacts of Asunción or Almaty an hour off.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
