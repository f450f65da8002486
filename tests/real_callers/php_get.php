<?php
echo file_get_contents('@URL@');
